#include "data/format.h"

#include <cstdio>

#include "data/compound.h"
#include "data/element.h"
#include "data/layout.h"
#include "data/text.h"

namespace aiopvxs
{

namespace
{

constexpr size_t repr_characters = 40;
constexpr size_t repr_fields = 6;

// In quotes, with the escapes of C; bytes beyond ASCII stay, for they are letters of UTF-8.
std::string quoted(const std::string &text)
{
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\' || c == '\'' || c == '"') {
            result += {'\\', c};
        } else if (byte >= 7 && byte <= 13) {
            static const char order[] = "abtnvfr"; // of the control characters 7 to 13
            result += {'\\', order[byte - 7]};
        } else if (byte < ' ' || byte == 0x7f) {
            char hex[8];
            std::snprintf(hex, sizeof(hex), "\\x%02x", byte);
            result += hex;
        } else {
            result += c;
        }
    }
    return result + "\"";
}

template <typename T>
std::string element_text(const T &element)
{
    if constexpr (std::is_same_v<T, bool>)
        return element ? "true" : "false";
    else if constexpr (std::is_same_v<T, std::string>)
        return quoted(element);
    else if constexpr (std::is_floating_point_v<T>)
        return float_text(element, sizeof(T) == 4);
    else
        return std::to_string(element);
}

template <typename T>
std::string array_text(const pvxs::shared_array<const void> &array)
{
    const auto *data = static_cast<const T *>(array.data());
    std::string text = "{" + std::to_string(array.size()) + "}[";
    for (size_t i = 0; i < array.size(); i++) {
        if (i)
            text += ", ";
        text += element_text(data[i]);
    }
    return text + "]";
}

std::string array_text(const pvxs::Value &field)
{
    const auto array = field.as<pvxs::shared_array<const void>>();
    if (array.empty())
        return "{?}[]"; // as pvxs has it: it has forgotten the type
    if (field.type() == pvxs::TypeCode::StringA)
        return array_text<std::string>(array);
    return with_number(field.type(),
                       [&](auto tag) { return array_text<typename decltype(tag)::type>(array); });
}

std::string leaf_text(const pvxs::Value &field)
{
    if (field.type().isarray())
        return array_text(field);
    return field.type() == pvxs::TypeCode::String ? quoted(field.as<std::string>()) : scalar_text(field);
}

// Writes the tree; every call of show() adds at least one line, begun by the caller.
class Tree
{
public:
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
            text += " = " + leaf_text(field) + "\n";
        }
    }

private:
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
        for (const pvxs::Value &element : array) {
            add_indent();
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

std::string shortened(std::string text)
{
    if (text.size() > repr_characters) {
        size_t end = repr_characters;
        while (end && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
            end--; // not in the middle of a letter of UTF-8
        text = text.substr(0, end) + "...";
    }
    return text;
}

std::string field_names(const pvxs::Value &structure)
{
    const auto layout = Layout::of(structure);
    std::string text = "{";
    for (size_t i = 0; i < layout->fields.size(); i++) {
        if (i == repr_fields)
            return text + ", ...}";
        text += (i ? ", " : "") + layout->fields[i].name;
    }
    return text + "}";
}

} // namespace

std::string format_tree(const pvxs::Value &value)
{
    Tree tree;
    tree.show(value, {});
    tree.text.pop_back();
    return std::move(tree.text);
}

std::string format_text(const pvxs::Value &value)
{
    const pvxs::Value inner = content(value);
    const pvxs::TypeCode code = inner.type();
    if (code.kind() == pvxs::Kind::Compound || code == pvxs::TypeCode::Null)
        return format_tree(value);
    return code.isarray() ? array_text(inner) : scalar_text(inner);
}

std::string format_repr(const pvxs::Value &value)
{
    if (!value)
        return "<Value null>";
    const pvxs::TypeCode code = value.type();
    std::string text = std::string("<Value ") + code.name();
    if (!value.id().empty())
        text += " \"" + value.id() + "\"";
    if (code == pvxs::TypeCode::Struct)
        text += " " + field_names(value);
    else if (code.isarray())
        text += " {" + std::to_string(value.as<pvxs::shared_array<const void>>().size()) + "}";
    else if (code.kind() != pvxs::Kind::Compound)
        text += " " + shortened(leaf_text(value));
    return text + ">";
}

} // namespace aiopvxs
