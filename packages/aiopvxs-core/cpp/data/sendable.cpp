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
constexpr int deepest = 20;

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

// Of a structure in a union or Any: in there a union must not be null either.
bool clonable(const pvxs::Value &structure)
{
    for (const pvxs::Value &field : structure.iall()) {
        if (field.type() != TypeCode::Union)
            continue;
        const auto content = field.as<pvxs::Value>();
        if (!content || !clonable_content(content))
            return false;
    }
    return true;
}

bool simple(const pvxs::Value &value)
{
    return value.type() == TypeCode::Struct && has_only_leaves(*Layout::of(value));
}

std::string text(const std::string &subject, const std::string &name, const char *what)
{
    return subject + ": field '" + name + "' " + what +
           ", which no PVXS client can receive: it closes the connection that brings it. Put it into a field "
           "of a structure of its own type";
}

} // namespace

void check_depth(const pvxs::Value &value, const std::string &subject)
{
    if (!simple(value) && !fits(value, 0))
        errors::raise("NoConvert", subject + ": the value is nested more than " + std::to_string(deepest) +
                                       " levels deep, and PVXS closes the connection that brings such a one");
}

void check_for_clients(const pvxs::Value &value, const std::string &subject)
{
    if (value.type() != TypeCode::Struct || simple(value))
        return;
    check_depth(value, subject);
    for (const pvxs::Value &field : value.iall()) {
        const TypeCode code = field.type();
        if (code != TypeCode::Union && code != TypeCode::Any)
            continue;
        const auto content = field.as<pvxs::Value>();
        if (content.type() == TypeCode::Struct ? !clonable(content) : !clonable_content(content))
            errors::raise(
                "NoConvert",
                text(subject, value.nameOf(field),
                     content.type() == TypeCode::Struct
                         ? "holds a structure with a union that is null, or holds a union or an array of "
                           "structures, unions or Any"
                         : "holds a union, or an array of structures, unions or Any"));
    }
}

void register_sendable(py::module_ &m)
{
    m.def(
        "check_depth",
        [](const PyValue &value, const py::str &subject) { check_depth(value.value, encode(subject)); },
        py::arg("value"), py::arg("subject"),
        "Raise NoConvert for a value that is nested deeper than PVXS decodes.");
}

} // namespace aiopvxs::sendable
