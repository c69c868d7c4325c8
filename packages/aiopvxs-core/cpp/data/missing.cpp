#include "data/missing.h"

#include <vector>

#include "data/compound.h"
#include "data/element.h"
#include "data/layout.h"

namespace aiopvxs::missing
{

namespace
{

constexpr size_t shown_names = 12;

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (size_t i = 0; i < names.size(); i++) {
        if (i == shown_names)
            return text + ", ...";
        text += (i ? ", " : "") + names[i];
    }
    return text;
}

std::string kind_of(const pvxs::Value &value)
{
    std::string text = value.type().name();
    if (!value.id().empty())
        text += " \"" + value.id() + "\"";
    return text;
}

pvxs::Value lookup(const pvxs::Value &value, const std::string &path)
{
    try {
        return path.empty() ? value : value[path];
    } catch (std::exception &) {
        return {}; // an index that is no number
    }
}

// The longest beginning of the path that leads to something.
std::string known_part(const pvxs::Value &value, const std::string &path)
{
    for (size_t end = path.size(); end > 0; end--) {
        const bool boundary = end == path.size() || std::string(".[-").find(path[end]) != std::string::npos;
        if (boundary && path[end - 1] != '.' && lookup(value, path.substr(0, end)))
            return path.substr(0, end);
    }
    return {};
}

std::vector<std::string> fields_of(const pvxs::Value &structure)
{
    std::vector<std::string> names;
    for (const Layout::Field &field : Layout::of(structure)->fields)
        names.push_back(field.name);
    return names;
}

std::string of_union(const pvxs::Value &field, const std::string &path)
{
    const std::vector<std::string> names = fields_of(field);
    const std::string chosen = selected(field).name;
    for (const std::string &name : names) {
        if (path == name || path.compare(0, name.size() + 1, name + ".") == 0)
            return "'" + name +
                   "' is not selected: " + (chosen.empty() ? std::string("nothing") : "'" + chosen + "'") +
                   " is";
    }
    return "has no member '" + path + "'; its members are " + joined(names);
}

std::string of_array(const pvxs::Value &array, const std::string &rest)
{
    if (array.type().kind() != pvxs::Kind::Compound)
        return "has no fields";
    const auto known = elements(array);
    const std::string size = "has " + std::to_string(known.size()) + " elements";
    if (rest[0] != '[')
        return size + ", which are looked up as [0], not as '" + rest + "'";
    const size_t end = rest.find(']');
    for (size_t i = 0; i < known.size(); i++) {
        if (!known[i] && rest.substr(0, end) == "[" + std::to_string(i))
            return "holds null in element " + std::to_string(i);
    }
    return size + ", and none is " + rest.substr(0, end == std::string::npos ? end : end + 1);
}

// What `place` says about `rest`, the remaining path.
std::string predicate(const pvxs::Value &place, std::string rest)
{
    const pvxs::TypeCode code = place.type();
    if (code == pvxs::TypeCode::Struct) {
        if (rest[0] == '.')
            rest.erase(0, 1);
        const auto names = fields_of(place);
        return "has no field '" + rest + "'; " +
               (names.empty() ? "it is empty" : "its fields are " + joined(names));
    }
    if (is_array(code))
        return of_array(place, rest);
    if (rest.compare(0, 2, "->") == 0)
        rest.erase(0, 2);
    if (code == pvxs::TypeCode::Union)
        return of_union(place, rest);
    if (code == pvxs::TypeCode::Any) {
        const auto inner = place.as<pvxs::Value>();
        return inner ? "holds " + kind_of(inner) + ", which " + predicate(inner, rest) : "holds nothing";
    }
    return "has no field '" + rest + "'";
}

} // namespace

std::string text(const pvxs::Value &value, const std::string &path) { return text(value, path, path); }

std::string text(const pvxs::Value &value, const std::string &rest, const std::string &whole)
{
    if (!value)
        return "a Null value has no field '" + whole + "'";
    const std::string known = known_part(value, rest);
    const pvxs::Value place = lookup(value, known);
    const std::string unknown = rest.substr(known.size());
    // a path that leads somewhere, asked for in another way
    if (unknown.empty())
        return kind_of(value) + " has no field '" + whole + "'";
    if (unknown == whole)
        return kind_of(value) + " " + predicate(value, unknown);
    return "no field '" + whole + "': '" + whole.substr(0, whole.size() - unknown.size()) + "' (" +
           kind_of(place) + ") " + predicate(place, unknown);
}

} // namespace aiopvxs::missing
