#include "data/sendable.h"

#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/layout.h"
#include "data/py_value.h"
#include "errors.h"

namespace aiopvxs::sendable
{

namespace
{

using pvxs::TypeCode;

// PVXS's maxNestingDepth, in the decoding of types and of values
constexpr int deepest = 20; // also in a text below

bool has_only_leaves(const Layout &layout, int depth = 0)
{
    for (const Layout::Field &field : layout.fields) {
        const bool compound = field.code != TypeCode::Struct && field.code.kind() == pvxs::Kind::Compound;
        if (compound || depth >= deepest || (field.inner && !has_only_leaves(*field.inner, depth + 1)))
            return false;
    }
    return true;
}

// As PVXS counts: a member, an element and what a union or Any holds are each one level below.
bool fits(const pvxs::Value &value, int depth)
{
    if (!value)
        return true;
    if (depth > deepest)
        return false;
    const TypeCode code = value.type();
    const auto below = [depth](const pvxs::Value &inner) { return fits(inner, depth + 1); };
    if (code == TypeCode::Struct || code == TypeCode::Union) {
        for (const pvxs::Value &member : value.ichildren()) {
            if (!below(member))
                return false;
        }
    }
    if (code == TypeCode::Union || code == TypeCode::Any)
        return below(value.as<pvxs::Value>());
    if (!is_array(code) || code.kind() != pvxs::Kind::Compound)
        return true;
    pvxs::Value array = value; // another reference to the same array: allocMember() is not const
    if (code != TypeCode::AnyA && !below(array.allocMember()))
        return false;
    for (const pvxs::Value &element : elements(value)) {
        if (!below(element))
            return false;
    }
    return true;
}

bool clonable(const pvxs::Value &structure);

// Whether Value::clone(), which a client uses on what a union or Any holds, takes it. It assigns it to an
// empty value of its type, which fails for unions and for arrays of structures, unions and Any.
bool clonable_content(const pvxs::Value &content)
{
    const TypeCode code = content.type();
    if (code == TypeCode::Struct)
        return clonable(content);
    return code == TypeCode::Any || code == TypeCode::Null || code.kind() != pvxs::Kind::Compound;
}

// A union in such a structure must not be null, and is assigned to the first member of the same type.
bool clonable_union(const pvxs::Value &field)
{
    const auto content = field.as<pvxs::Value>();
    if (!content || !clonable_content(content))
        return false;
    for (const pvxs::Value &member : field.ichildren()) {
        if (member.equalType(content))
            return field.nameOf(member) == field.nameOf(content);
    }
    return false;
}

// Of a structure in a union or Any. Elements of an array of unions are assigned too, as bare members.
bool clonable(const pvxs::Value &structure)
{
    for (const pvxs::Value &field : structure.iall()) {
        if (field.type() == TypeCode::Union && !clonable_union(field))
            return false;
        if (field.type() == TypeCode::UnionA && !elements(field).empty())
            return false;
    }
    return true;
}

bool simple(const pvxs::Value &value)
{
    return value.type() == TypeCode::Struct && has_only_leaves(*Layout::of(value));
}

constexpr const char *too_deep =
    "it is nested more than 20 levels deep, and PVXS closes the connection that brings such a value";

} // namespace

std::string problem_for_clients(const pvxs::Value &value)
{
    if (!fits(value, 0))
        return too_deep;
    for (const pvxs::Value &field : value.iall()) {
        const TypeCode code = field.type();
        if (code != TypeCode::Union && code != TypeCode::Any)
            continue;
        const auto content = field.as<pvxs::Value>();
        if (!clonable_content(content))
            return "field '" + value.nameOf(field) + "' holds " +
                   (content.type() == TypeCode::Struct
                        ? "a structure with a union that is null, or selects one of two members of a type, "
                          "or "
                          "with an array of unions"
                        : "a union, or an array of structures, unions or Any") +
                   ", and a PVXS client closes the connection that brings this";
    }
    return {};
}

void check_depth(const pvxs::Value &value, const std::string &subject)
{
    if (!simple(value) && !fits(value, 0))
        errors::raise("NoConvert", subject + " cannot take the value: " + too_deep);
}

void check_for_clients(const pvxs::Value &value, const std::string &subject)
{
    if (simple(value))
        return;
    const std::string problem = problem_for_clients(value);
    if (!problem.empty())
        errors::raise("NoConvert", subject + " cannot have the value: " + problem);
}

void register_sendable(py::module_ &m)
{
    m.def(
        "_check_depth",
        [](const PyValue &value, const py::str &subject) { check_depth(value.value, encode(subject)); },
        py::arg("value"), py::arg("subject"),
        "Raise NoConvert for a value that is nested deeper than PVXS decodes.");
}

} // namespace aiopvxs::sendable
