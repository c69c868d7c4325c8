// Values as text: for people.
#include "data/compound.h"
#include "data/convert.h"
#include "data/format.h"
#include "data/leaf.h"
#include "data/register_value.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

bool is_structure(const pvxs::Value &value)
{
    const pvxs::TypeCode code = content(value).type();
    return code == pvxs::TypeCode::Struct || code == pvxs::TypeCode::Null;
}

py::object format(const PyValue &self, const py::str &spec)
{
    if (py::len(spec) == 0)
        return decode(format_text(self.value));
    const std::string name = encode(spec);
    std::string text;
    if (format_as(self.value, name, text))
        return decode(text);
    if (is_structure(self.value))
        errors::raise(PyExc_TypeError, "a structure has no format '" + name +
                                           "', but 'tree' and 'delta', also with an array limit, as in "
                                           "'tree:20'");
    PyObject *result = PyObject_Format(leaf::operand(self).ptr(), spec.ptr());
    if (!result)
        throw py::error_already_set();
    return py::reinterpret_steal<py::object>(result);
}

} // namespace

void register_value_text(ValueClass &cls)
{
    cls.def("__str__", [](const PyValue &self) { return decode(format_text(self.value)); })
        .def("__repr__", [](const PyValue &self) { return decode(format_repr(self.value)); })
        .def("__format__", &format, py::arg("format_spec"));
}

} // namespace aiopvxs
