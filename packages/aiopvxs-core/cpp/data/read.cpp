#include "data/read.h"

#include "data/convert.h"
#include "data/element.h"
#include "data/numpy_array.h"
#include "data/scalar_in.h"
#include "data/text.h"

namespace aiopvxs::read
{

namespace
{

using pvxs::Kind;

bool is_scalar(pvxs::TypeCode code) { return !code.isarray() && code.kind() != Kind::Compound; }

[[noreturn]] void refuse(const pvxs::Value &field, const Where &where, const char *as,
                         const std::string &why = {})
{
    raise_no_convert(Target{field.type(), where, -1, as}, py::none(), why);
}

void need_scalar(const pvxs::Value &field, const Where &where, const char *as)
{
    if (!is_scalar(field.type()))
        refuse(field, where, as);
}

void need_array(const pvxs::Value &field, const Where &where, const char *as)
{
    if (!field.type().isarray() || field.type().kind() == Kind::Compound)
        refuse(field, where, as);
}

// What a text, or a number, reads as in the code's own type.
template <typename T>
T parsed(const pvxs::Value &field, pvxs::TypeCode code, const Where &where, const char *as)
{
    return number_from<T>(to_python(field, Arrays::list), Target{code, where, -1, as});
}

template <typename F>
py::object each(const pvxs::Value &field, F &&convert)
{
    const py::list items = to_python(field, Arrays::list);
    py::list result(items.size());
    for (size_t i = 0; i < items.size(); i++)
        result[i] = convert(items[i], static_cast<py::ssize_t>(i));
    return std::move(result);
}

} // namespace

py::object as_bool(const pvxs::Value &field, const Where &where)
{
    constexpr const char *as = "bool";
    need_scalar(field, where, as);
    if (field.type() == pvxs::TypeCode::Bool)
        return py::bool_(field.as<bool>());
    if (field.type().kind() == Kind::Integer && field.as<std::uint64_t>() > 1)
        refuse(field, where, as, "it is " + scalar_text(field) + ", neither 0 nor 1");
    return py::bool_(parsed<bool>(field, field.type(), where, as));
}

py::object as_int(const pvxs::Value &field, const Where &where)
{
    constexpr const char *as = "int";
    need_scalar(field, where, as);
    switch (field.type().kind()) {
    case Kind::Integer:
        return to_python(field, Arrays::list);
    case Kind::Bool:
        return py::int_(field.as<bool>() ? 1 : 0);
    case Kind::Real:
        refuse(field, where, as, "'float' object cannot be interpreted as an integer");
    default:
        break;
    }
    const std::string text = field.as<std::string>();
    if (!text.empty() && text[0] == '-')
        return py::int_(parsed<std::int64_t>(field, pvxs::TypeCode::Int64, where, as));
    return py::int_(parsed<std::uint64_t>(field, pvxs::TypeCode::UInt64, where, as));
}

py::object as_float(const pvxs::Value &field, const Where &where)
{
    constexpr const char *as = "float";
    need_scalar(field, where, as);
    if (field.type() == pvxs::TypeCode::String)
        return py::float_(parsed<double>(field, pvxs::TypeCode::Float64, where, as));
    return py::float_(field.as<double>());
}

py::object as_string(const pvxs::Value &field, const Where &where)
{
    need_scalar(field, where, "str");
    return decode(scalar_text(field));
}

py::object as_list(const pvxs::Value &field, const Where &where)
{
    if (!field.type().isarray())
        refuse(field, where, "list");
    return to_python(field, Arrays::list);
}

py::object as_int_list(const pvxs::Value &field, const Where &where)
{
    constexpr const char *as = "list of int";
    need_array(field, where, as);
    if (field.type().kind() == Kind::Real)
        refuse(field, where, as, "'float' object cannot be interpreted as an integer");
    if (field.type().kind() == Kind::Integer)
        return to_python(field, Arrays::list);
    return each(field, [&](py::handle item, py::ssize_t index) {
        return py::int_(number_from<std::int64_t>(item, Target{field.type(), where, index, as}));
    });
}

py::object as_float_list(const pvxs::Value &field, const Where &where)
{
    constexpr const char *as = "list of float";
    need_array(field, where, as);
    if (field.type().kind() == Kind::Real)
        return to_python(field, Arrays::list);
    return each(field, [&](py::handle item, py::ssize_t index) {
        return py::float_(number_from<double>(item, Target{field.type(), where, index, as}));
    });
}

py::object as_string_list(const pvxs::Value &field, const Where &where)
{
    need_array(field, where, "list of str");
    if (field.type() == pvxs::TypeCode::StringA)
        return to_python(field, Arrays::list);
    const bool single = field.type() == pvxs::TypeCode::Float32A;
    return each(field, [&](py::handle item, py::ssize_t) {
        if (PyFloat_Check(item.ptr()))
            return decode(float_text(PyFloat_AS_DOUBLE(item.ptr()), single));
        if (PyBool_Check(item.ptr()))
            return py::str(item.ptr() == Py_True ? "true" : "false");
        return py::str(item);
    });
}

py::object as_array(const pvxs::Value &field, const Where &where)
{
    need_array(field, where, "array");
    if (field.type() == pvxs::TypeCode::StringA)
        return numpy_array::texts(to_python(field, Arrays::list));
    return numpy_array::view(field.as<pvxs::shared_array<const void>>(), field.type());
}

} // namespace aiopvxs::read
