// pvxs's format "delta".
#include "data/compound.h"
#include "data/format.h"
#include "data/format_leaf.h"
#include "data/layout.h"

namespace aiopvxs
{

namespace
{

// Writes the lines. Names inside of unions, Any and arrays are written whether marked or not, but fields
// of structures there only if marked: so pvxs does it.
class Delta
{
public:
    explicit Delta(size_t limit) : limit(limit) {}

    std::string text;

    void show_top(const pvxs::Value &value)
    {
        if (!value) {
            text += "null\n";
            return;
        }
        const bool marked = value.isMarked(true, false);
        if (value.type() != pvxs::TypeCode::Struct) {
            if (marked)
                show_field({}, value);
            return;
        }
        if (value.isMarked(false, false))
            show_field({}, value);
        show_marked({}, value, marked);
    }

private:
    const size_t limit;

    void show_marked(const std::string &prefix, const pvxs::Value &structure, bool marked)
    {
        const auto layout = Layout::of(structure);
        auto known = layout->fields.begin();
        for (const pvxs::Value &field : structure.ichildren()) {
            const std::string name = prefix + (known++)->name;
            const bool whole = marked || field.isMarked(false, false);
            if (whole)
                show_field(name, field);
            if (field.type() == pvxs::TypeCode::Struct && (whole || field.isMarked(false, true)))
                show_marked(name + ".", field, whole);
        }
    }

    void show_content(const std::string &name, const pvxs::Value &value)
    {
        if (!value) {
            text += name + " null\n";
            return;
        }
        show_field(name, value);
        if (value.type() == pvxs::TypeCode::Struct)
            show_marked(name + ".", value, value.isMarked(false, false));
    }

    void show_field(const std::string &name, const pvxs::Value &field)
    {
        const pvxs::TypeCode code = field.type();
        text += name.empty() ? code.name() : name + " " + code.name();
        if (code == pvxs::TypeCode::Struct && !field.id().empty())
            text += " " + quoted(field.id());
        if (code.kind() != pvxs::Kind::Compound)
            text += " = " + leaf_text(field, limit);
        switch (code.code) {
        case pvxs::TypeCode::Union:
            text += "\n";
            return show_selected(name, selected(field));
        case pvxs::TypeCode::Any:
            text += "\n";
            return show_content(name + "->", field.as<pvxs::Value>());
        case pvxs::TypeCode::StructA:
        case pvxs::TypeCode::UnionA:
        case pvxs::TypeCode::AnyA:
            return show_elements(name, field);
        default:
            text += "\n";
        }
    }

    void show_selected(const std::string &name, const Selected &member)
    {
        show_content(name + "->" + member.name, member.content);
    }

    void show_elements(const std::string &name, const pvxs::Value &array)
    {
        const auto all = elements(array);
        text += all.empty() ? " = {?}[]\n" : "\n";
        for (size_t i = 0; i < all.size(); i++) {
            const std::string element = name + "[" + std::to_string(i) + "]";
            if (limit && i == limit) {
                text += element + " ...\n";
                break;
            }
            if (all[i] && array.type() == pvxs::TypeCode::UnionA) {
                text += element + " union\n";
                show_selected(element, selected(array, all[i]));
            } else {
                show_content(element, all[i]);
            }
        }
    }
};

} // namespace

std::string format_delta(const pvxs::Value &value, size_t limit)
{
    Delta delta(limit);
    delta.show_top(value);
    if (!delta.text.empty())
        delta.text.pop_back();
    return std::move(delta.text);
}

} // namespace aiopvxs
