// Values to plain objects.
#include "data/array_source.h"
#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/marks.h"
#include "data/state.h"
#include "data/type_def.h"
#include "data/type_plain.h"
#include "errors.h"

namespace aiopvxs::state
{

namespace
{

using Array = pvxs::shared_array<const void>;

py::object content_of(const pvxs::Value &field, int depth);

py::object numbers(const Array &array, pvxs::TypeCode code)
{
    if (array.empty())
        return py::bytes();
    std::string bytes(static_cast<const char *>(array.data()), array.size() * code.size());
    if (!little_endian())
        swap_bytes(bytes.data(), code.size(), array.size());
    return py::bytes(bytes);
}

py::object texts(const Array &array)
{
    py::list result;
    const auto *text = static_cast<const std::string *>(array.data());
    for (size_t i = 0; i < array.size(); i++)
        result.append(py::bytes(text[i]));
    return std::move(result);
}

py::object structure(const pvxs::Value &value, int depth)
{
    py::tuple result(value.nmembers());
    size_t i = 0;
    for (const pvxs::Value &field : value.ichildren())
        result[i++] = content_of(field, depth + 1);
    return std::move(result);
}

py::object choice(const Selected &member, int depth)
{
    if (member.name.empty())
        return py::none();
    return py::make_tuple(decode(member.name), content_of(member.content, depth + 1));
}

py::object anything(const pvxs::Value &inner, int depth)
{
    if (!inner)
        return py::none();
    return py::make_tuple(type_plain::from(*MemberDef::of(inner, "")), content_of(inner, depth + 1));
}

py::object element_of(const pvxs::Value &array, const pvxs::Value &element, int depth)
{
    if (!element)
        return py::none();
    if (array.type() == pvxs::TypeCode::AnyA)
        return anything(element, depth);
    if (array.type() == pvxs::TypeCode::StructA)
        return content_of(element, depth + 1);
    py::object result = choice(selected(array, element), depth);
    return result.is_none() ? py::tuple() : result;
}

py::object element_list(const pvxs::Value &field, int depth)
{
    py::list result;
    for (const pvxs::Value &element : elements(field))
        result.append(element_of(field, element, depth));
    return std::move(result);
}

py::object content_of(const pvxs::Value &field, int depth)
{
    if (depth > deepest)
        errors::raise(PyExc_ValueError, "a value nested as deep as this one cannot be pickled");
    const pvxs::TypeCode code = field.type();
    switch (code.code) {
    case pvxs::TypeCode::String:
        return py::bytes(field.as<std::string>());
    case pvxs::TypeCode::StringA:
        return texts(field.as<Array>());
    case pvxs::TypeCode::Struct:
        return structure(field, depth);
    case pvxs::TypeCode::Union:
        return choice(selected(field), depth);
    case pvxs::TypeCode::Any:
        return anything(field.as<pvxs::Value>(), depth);
    case pvxs::TypeCode::StructA:
    case pvxs::TypeCode::UnionA:
    case pvxs::TypeCode::AnyA:
        return element_list(field, depth);
    default:
        return code.isarray() ? numbers(field.as<Array>(), code) : to_python(field, Arrays::list);
    }
}

py::tuple marked_names(const pvxs::Value &value)
{
    if (value.type() == pvxs::TypeCode::Struct && value.nmembers()) {
        py::list names(marks::names(value));
        names.attr("sort")();
        return py::tuple(names);
    }
    return value.isMarked(true, false) ? py::make_tuple("") : py::tuple();
}

} // namespace

py::tuple of(const PyValue &value)
{
    if (!value.value)
        return py::make_tuple(py::none(), py::none(), py::tuple());
    return py::make_tuple(type_plain::from(*MemberDef::of(value.value, "")), content_of(value.value, 0),
                          marked_names(value.value));
}

} // namespace aiopvxs::state
