// as_int("path", default=...) and the like.
#include "data/compound.h"
#include "data/convert.h"
#include "data/descendant.h"
#include "data/fast_method.h"
#include "data/guarded.h"
#include "data/lookup.h"
#include "data/read.h"
#include "data/register_value.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

using Path = std::optional<py::str>;

std::string text_of(const Path &path) { return path ? path_from(*path) : std::string(); }

// The field to read, seen through unions and Any; Null where there is none.
pvxs::Value readable(const PyValue &self, const Path &path)
{
    if (!path)
        return content(self.value);
    pvxs::Value field = descendant(self.value, path->ptr());
    return content(field ? std::move(field) : find(self.value, encode(*path)));
}

// `missing` is what a reader got as its default: an Ellipsis where it got none.
py::object or_default(const PyValue &self, const Path &path, const py::object &missing)
{
    if (!missing.is(py::ellipsis()))
        return missing;
    const std::string text = text_of(path);
    if (path && !find(self.value, text))
        raise_missing(self.value, text);
    errors::raise("NoField", text.empty() ? "the value is Null" : "field '" + text + "' is Null");
}

using Reader = py::object (*)(const pvxs::Value &, const Where &);

// v.as_float("value"): the path of a field of a known type, and nothing else.
template <Reader reader>
PyObject *read_quickly(const PyValue &self, PyObject *path)
{
    const pvxs::Value field = content(descendant(self.value, path));
    const std::string_view name = field ? utf8(path) : std::string_view();
    return name.empty() ? nullptr : reader(field, Where{nullptr, name, &self}).release().ptr();
}

template <Reader reader>
PyObject *general_reader = nullptr;

template <Reader reader>
PyObject *call_reader(PyObject *self, PyObject *const *arguments, Py_ssize_t positional, PyObject *names)
{
    return guarded<>(static_cast<PyObject *>(nullptr), [&]() {
        const PyValue *value = positional == 1 && !names ? instance::held(self) : nullptr;
        PyObject *result = value ? read_quickly<reader>(*value, arguments[0]) : nullptr;
        return result ? result
                      : fast_method::pass_on(general_reader<reader>, {self, arguments, positional, names});
    });
}

template <Reader reader>
void add_reader(ValueClass &cls, const char *name, const char *doc)
{
    cls.def(
        name,
        [](const PyValue &self, const Path &path, const py::object &missing) {
            const pvxs::Value field = readable(self, path);
            if (!field)
                return or_default(self, path, missing);
            const std::string_view name = path ? utf8(path->ptr()) : std::string_view();
            if (!path || !name.empty())
                return reader(field, Where{nullptr, name, &self});
            const std::string odd = text_of(path);
            return reader(field, Where{nullptr, odd, &self});
        },
        py::arg("path") = py::none(), py::arg("default") = py::ellipsis(), doc);
    general_reader<reader> = fast_method::replace(cls, name, &call_reader<reader>);
}

Arrays arrays_from(const std::string &text)
{
    if (text == "list")
        return Arrays::list;
    if (text == "numpy")
        return Arrays::numpy;
    errors::raise(PyExc_ValueError, "arrays is 'list' or 'numpy', not '" + text + "'");
}

py::object as_py(const PyValue &self, const Path &path, const std::string &arrays, bool only_marked,
                 const py::object &missing)
{
    const pvxs::Value field = readable(self, path);
    // Null has a Python value; only a field that does not exist has none
    if (field || (missing.is(py::ellipsis()) && (!path || find(self.value, text_of(path)))))
        return to_python(field, arrays_from(arrays), only_marked);
    return or_default(self, path, missing);
}

py::object as_dict(const PyValue &self, const Path &path, const std::string &arrays, bool only_marked,
                   const py::object &missing)
{
    const pvxs::Value field = readable(self, path);
    if (!field)
        return or_default(self, path, missing);
    if (field.type() != pvxs::TypeCode::Struct) {
        const std::string text = text_of(path);
        const Where where{nullptr, text, &self};
        raise_no_convert(Target{field.type(), where, -1, "dict"}, py::none(), "it is not a structure");
    }
    return to_python(field, arrays_from(arrays), only_marked);
}

} // namespace

void register_value_readers(ValueClass &cls)
{
    add_reader<&read::as_bool>(cls, "as_bool", "Return a bool.");
    add_reader<&read::as_int>(cls, "as_int", "Return an int; a float is not converted.");
    add_reader<&read::as_float>(cls, "as_float", "Return a float.");
    add_reader<&read::as_string>(cls, "as_string",
                                 "Return a str: numbers as PVXS prints them, with all digits.");
    add_reader<&read::as_list>(cls, "as_list", "Return the elements of an array.");
    add_reader<&read::as_int_list>(cls, "as_int_list", "Return the elements of an array as int.");
    add_reader<&read::as_float_list>(cls, "as_float_list", "Return the elements of an array as float.");
    add_reader<&read::as_string_list>(cls, "as_string_list", "Return the elements of an array as str.");
    add_reader<&read::as_array>(
        cls, "as_array",
        "Return an array as a read-only numpy.ndarray that shares its memory; a string array as a copy of "
        "numpy's StringDType, or of objects where numpy has none or it cannot hold the strings.");
    cls.def("as_py", &as_py, py::arg("path") = py::none(), py::kw_only(), py::arg("arrays") = "list",
            py::arg("only_marked") = false, py::arg("default") = py::ellipsis(),
            "Return the Python value: int, float, bool, str, list or numpy.ndarray, dict, None.")
        .def("as_dict", &as_dict, py::arg("path") = py::none(), py::kw_only(), py::arg("arrays") = "list",
             py::arg("only_marked") = false, py::arg("default") = py::ellipsis(),
             "Return a structure as a dict of Python values.");
}

} // namespace aiopvxs
