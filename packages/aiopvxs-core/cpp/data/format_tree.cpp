// pvxs's format "tree".
#include "data/compound.h"
#include "data/format.h"
#include "data/format_leaf.h"
#include "data/layout.h"

namespace aiopvxs
{

namespace
{

// Writes the tree; every call of show() adds at least one line, begun by the caller.
class Tree
{
public:
    explicit Tree(size_t limit) : limit(limit) {}

    std::string text;

    void show(const pvxs::Value &field, const std::string &name)
    {
        if (!field) {
            text += "null\n";
            return;
        }
        const pvxs::TypeCode code = field.type();
        text += code.name();
        if (!field.id().empty())
            text += " \"" + field.id() + "\"";
        switch (code.code) {
        case pvxs::TypeCode::Struct:
            return show_structure(field, name);
        case pvxs::TypeCode::Union:
            return show_union(selected(field), name);
        case pvxs::TypeCode::Any:
            return show_any(field, name);
        case pvxs::TypeCode::StructA:
        case pvxs::TypeCode::UnionA:
        case pvxs::TypeCode::AnyA:
            return show_elements(field, name);
        default:
            add_name(name);
            text += " = " + leaf_text(field, limit) + "\n";
        }
    }

private:
    const size_t limit;
    int depth = 0;

    void add_name(const std::string &name)
    {
        if (!name.empty())
            text += " " + name;
    }

    void add_indent() { text.append(static_cast<size_t>(depth) * 4, ' '); }

    void show_structure(const pvxs::Value &structure, const std::string &name)
    {
        const auto layout = Layout::of(structure);
        text += layout->fields.empty() ? " {" : " {\n";
        depth++;
        auto known = layout->fields.begin();
        for (const pvxs::Value &field : structure.ichildren()) {
            add_indent();
            show(field, (known++)->name);
        }
        depth--;
        if (!layout->fields.empty())
            add_indent();
        text += "}";
        add_name(name);
        text += "\n";
    }

    void show_any(const pvxs::Value &field, const std::string &name)
    {
        add_name(name);
        text += " ";
        show(field.as<pvxs::Value>(), {});
    }

    void show_union(const Selected &member, const std::string &name)
    {
        add_name(name);
        if (!member.name.empty())
            text += "." + member.name;
        text += " ";
        show(member.content, {});
    }

    void show_elements(const pvxs::Value &field, const std::string &name)
    {
        const auto array = elements(field);
        add_name(name);
        text += " = {" + std::to_string(array.size()) + "}[";
        if (array.empty()) {
            text += "]\n";
            return;
        }
        text += "\n";
        depth++;
        size_t shown = 0;
        for (const pvxs::Value &element : array) {
            add_indent();
            if (limit && shown++ == limit) {
                text += "...\n";
                break;
            }
            if (element && field.type() == pvxs::TypeCode::UnionA) {
                text += "union";
                show_union(selected(field, element), {});
            } else {
                show(element, {});
            }
        }
        depth--;
        add_indent();
        text += "]\n";
    }
};

} // namespace

std::string format_tree(const pvxs::Value &value, size_t limit)
{
    Tree tree(limit);
    tree.show(value, {});
    tree.text.pop_back();
    return std::move(tree.text);
}

} // namespace aiopvxs
