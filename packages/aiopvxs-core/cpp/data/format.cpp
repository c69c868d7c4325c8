#include "data/format.h"

#include "data/compound.h"
#include "data/format_leaf.h"
#include "data/layout.h"
#include "data/text.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

constexpr size_t repr_characters = 40;
constexpr size_t repr_fields = 6;

// The number after the colon of "tree:20"; 0, no limit, without one.
size_t limit_of(const std::string &spec)
{
    const size_t colon = spec.find(':');
    if (colon == std::string::npos)
        return 0;
    const std::string digits = spec.substr(colon + 1);
    if (digits.empty() || digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos)
        errors::raise(PyExc_ValueError, "the array limit of the format '" + spec +
                                            "' is not a number of up to nine digits, as in 'tree:20'");
    return std::stoul(digits);
}

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

bool format_as(const pvxs::Value &value, const std::string &spec, std::string &text)
{
    const std::string name = spec.substr(0, spec.find(':'));
    if (name == "tree")
        text = format_tree(value, limit_of(spec));
    else if (name == "delta")
        text = format_delta(value, limit_of(spec));
    else
        return false;
    return true;
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
