#include "data/lookup.h"

#include "data/layout.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

constexpr size_t shown_fields = 12;

} // namespace

bool leaves_structure(const std::string &path) { return path.find_first_of("[-") != std::string::npos; }

pvxs::Value find(const pvxs::Value &value, const std::string &path)
{
    if (path.empty() || !value)
        return {};
    const pvxs::TypeCode code = value.type();
    try {
        // only pvxs 1.5 adds the arrow itself
        if ((code == pvxs::TypeCode::Union || code == pvxs::TypeCode::Any) && path.compare(0, 2, "->") != 0)
            return static_cast<const pvxs::Value &>(value)["->" + path];
        return value[path];
    } catch (std::exception &) {
        return {}; // an index that is no number
    }
}

pvxs::Value writable(const pvxs::Value &value, const std::string &path, const Where &where)
{
    pvxs::Value field = find(value, path);
    if (!field)
        raise_missing(value, path);
    if (leaves_structure(path) || value.type() != pvxs::TypeCode::Struct)
        errors::raise("NoConvert", "field '" + where.path() +
                                       "' cannot be assigned to: it is inside a union, an Any or an array");
    return field;
}

std::string missing_text(const pvxs::Value &value, const std::string &path)
{
    if (!value)
        return "a Null value has no field '" + path + "'";
    std::string text = value.type().name();
    if (!value.id().empty())
        text += " \"" + value.id() + "\"";
    text += " has no field '" + path + "'";
    if (value.type() != pvxs::TypeCode::Struct)
        return text;
    const auto layout = Layout::of(value);
    text += layout->fields.empty() ? "; it is empty" : "; its fields are ";
    for (size_t i = 0; i < layout->fields.size(); i++) {
        if (i == shown_fields)
            return text + ", ...";
        text += (i ? ", " : "") + layout->fields[i].name;
    }
    return text;
}

void raise_missing(const pvxs::Value &value, const std::string &path)
{
    errors::raise(value ? "FieldLookupError" : "NoField", missing_text(value, path));
}

} // namespace aiopvxs
