// Values as text: for people, for notebooks, as JSON.
#include "data/completion.h"
#include "data/compound.h"
#include "data/convert.h"
#include "data/format.h"
#include "data/leaf.h"
#include "data/register_value.h"
#include "data/rows.h"
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

py::object json_module() { return py::module_::import("aiopvxs_core._json"); }

void register_json(ValueClass &cls)
{
    cls.def(
           "to_json",
           [](const py::object &self, bool only_marked, const py::object &indent) {
               return json_module().attr("to_json")(self, only_marked, indent);
           },
           py::kw_only(), py::arg("only_marked") = false, py::arg("indent") = py::none(),
           "Return the value as JSON text. NaN is null, infinities are strings; integers are exact.")
        .def(
            "from_json",
            [](const py::object &self, const py::object &text) {
                json_module().attr("from_json")(self, text);
            },
            py::arg("text"),
            "Assign what a JSON text holds: all of it or, on an error, nothing. null is NaN in a float "
            "field.");
}

void register_notebook(ValueClass &cls)
{
    cls.def(
           "_repr_html_",
           [](const py::object &self) {
               return py::module_::import("aiopvxs_core._html").attr("to_html")(self);
           },
           "Return the value as an HTML table, for notebooks.")
        .def(
            "_ipython_key_completions_", [](const PyValue &self) { return key_completions(self.value); },
            "Return what may be typed between the brackets.");
}

} // namespace

void register_value_text(ValueClass &cls)
{
    cls.def("__str__", [](const PyValue &self) { return decode(format_text(self.value)); })
        .def("__repr__", [](const PyValue &self) { return decode(format_repr(self.value)); })
        .def("__format__", &format, py::arg("format_spec"));
    register_json(cls);
    register_notebook(cls);
}

void register_rows(py::module_ &m)
{
    m.def(
        "_rows_of",
        [](const PyValue &value, size_t most_elements, size_t most_rows) {
            return rows_of(value.value, most_elements, most_rows);
        },
        py::arg("value"), py::arg("most_elements"), py::arg("most_rows"),
        "Return (depth, name, type, text, marked) of the value, its fields and elements, in order.");
}

} // namespace aiopvxs
