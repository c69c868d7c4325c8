#include "data/access.h"

#include "data/clone.h"
#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/layout.h"
#include "data/lookup.h"
#include "data/numpy_array.h"
#include "errors.h"

namespace aiopvxs::access
{

namespace
{

// A field found below `self`, as Python has it.
PyValue view(const PyValue &self, pvxs::Value found, const std::string &path)
{
    // pvxs shares what is in there with other values
    if (leaves_structure(path) || self.value.type() != pvxs::TypeCode::Struct)
        return PyValue(deep_clone(found));
    return PyValue(std::move(found), self.top());
}

// The structure whose fields `self` shows: itself, or what a union or Any holds.
PyValue structure(const PyValue &self, const char *verb)
{
    const pvxs::Value inner = content(self.value);
    if (!inner)
        errors::raise("NoField", std::string("a Null value ") + verb);
    if (inner.type() != pvxs::TypeCode::Struct)
        errors::raise(PyExc_TypeError,
                      Target{self.value.type(), Where{nullptr, {}, &self}, -1, nullptr}.text() + " " + verb +
                          ": it is not a structure");
    return self.value.type() == pvxs::TypeCode::Struct ? self : PyValue(deep_clone(inner));
}

template <typename F>
py::list for_fields(const PyValue &self, const char *verb, F &&make)
{
    const PyValue fields = structure(self, verb);
    const auto layout = Layout::of(fields.value);
    py::list result(layout->fields.size());
    size_t i = 0;
    for (pvxs::Value field : fields.value.ichildren()) {
        result[i] = make(layout->fields[i], PyValue(std::move(field), fields.top()));
        i++;
    }
    return result;
}

// The Python value whose items are the elements of a leaf.
py::object element_source(const PyValue &self)
{
    const pvxs::Value inner = content(self.value);
    const pvxs::TypeCode code = inner.type();
    if (!is_array(code) && code != pvxs::TypeCode::String)
        return {};
    return to_python(inner, Arrays::list);
}

py::object get_element(const PyValue &self, py::handle key)
{
    const pvxs::Value inner = content(self.value);
    const pvxs::TypeCode code = inner.type();
    const bool numbers =
        is_array(code) && code.kind() != pvxs::Kind::Compound && code != pvxs::TypeCode::StringA;
    if (numbers) {
        py::object array = numpy_array::view(inner.as<pvxs::shared_array<const void>>(), code);
        py::object result = array[key];
        // one element: the plain Python number
        return PyIndex_Check(key.ptr()) && py::hasattr(result, "item") && !py::hasattr(key, "ndim")
                   ? result.attr("item")()
                   : result;
    }
    const py::object source = element_source(self);
    if (!source)
        errors::raise(PyExc_TypeError,
                      std::string("fields are looked up by name (str), not by ") + describe(key));
    return source[key];
}

bool is_class_attribute(py::handle self, const py::str &name)
{
    const py::tuple mro = py::reinterpret_borrow<py::tuple>(Py_TYPE(self.ptr())->tp_mro);
    for (py::handle cls : mro) {
        if (PyMapping_HasKeyString(cls.attr("__dict__").ptr(), encode(name).c_str()))
            return true;
    }
    return false;
}

} // namespace

pvxs::Value field(const PyValue &self, const std::optional<py::str> &path)
{
    if (!path) {
        if (!self.value)
            errors::raise("NoField", "a Null value has no fields");
        return self.value;
    }
    const std::string text = encode(*path);
    pvxs::Value found = find(self.value, text);
    if (!found)
        raise_missing(self.value, text);
    return found;
}

py::object get_item(const PyValue &self, py::handle key)
{
    if (!PyUnicode_Check(key.ptr()))
        return get_element(self, key);
    const std::string path = encode(key);
    pvxs::Value found = find(self.value, path);
    if (!found)
        raise_missing(self.value, path);
    return py::cast(view(self, std::move(found), path));
}

void set_item(PyValue &self, py::handle key, py::handle value)
{
    if (!PyUnicode_Check(key.ptr()))
        errors::raise(PyExc_TypeError, "elements of an array cannot be assigned: assign the whole array");
    const std::string path = encode(key);
    const Where where{nullptr, path, &self};
    pvxs::Value found = writable(self.value, path, where);
    assign(found, value, where);
}

py::object get_attribute(const PyValue &self, const py::str &name)
{
    const std::string path = encode(name);
    // one name, no path: attributes that Python, numpy or IPython ask for are none of the fields
    pvxs::Value found =
        path.find_first_of(".[<-") == std::string::npos ? find(self.value, path) : pvxs::Value();
    if (!found)
        errors::raise(PyExc_AttributeError, missing_text(self.value, path));
    return py::cast(view(self, std::move(found), path));
}

void set_attribute(py::handle self, const py::str &name, py::handle value)
{
    const std::string text = encode(name);
    if (is_class_attribute(self, name))
        errors::raise(PyExc_AttributeError,
                      "'" + text + "' is a method of Value: a field of that name is assigned as v[\"" + text +
                          "\"]");
    PyValue &target = self.cast<PyValue &>();
    const bool single = text.find_first_of(".[<-") == std::string::npos;
    if (!single || !find(target.value, text))
        errors::raise(PyExc_AttributeError, missing_text(target.value, text));
    set_item(target, name, value);
}

py::object get(const PyValue &self, const py::str &path, py::object missing)
{
    const std::string text = encode(path);
    pvxs::Value found = find(self.value, text);
    return found ? py::cast(view(self, std::move(found), text)) : missing;
}

bool contains(const PyValue &self, py::handle item)
{
    const py::object source = element_source(self);
    if (source)
        return source.contains(item);
    return PyUnicode_Check(item.ptr()) && find(self.value, encode(item)).valid();
}

py::object iterate(const PyValue &self)
{
    const py::object source = element_source(self);
    return py::iter(source ? source : py::object(values(self)));
}

std::size_t length(const PyValue &self)
{
    const py::object source = element_source(self);
    return source ? py::len(source) : structure(self, "has no length").value.nmembers();
}

py::list directory(py::handle self)
{
    py::list names = py::module_::import("builtins").attr("object").attr("__dir__")(self);
    const pvxs::Value inner = content(self.cast<const PyValue &>().value);
    if (inner.type() == pvxs::TypeCode::Struct) {
        for (const Layout::Field &field : Layout::of(inner)->fields)
            names.append(field.key);
    }
    return names;
}

py::list keys(const PyValue &self)
{
    return for_fields(self, "has no fields", [](const Layout::Field &field, PyValue) { return field.key; });
}

py::list values(const PyValue &self)
{
    return for_fields(self, "has no fields to iterate over",
                      [](const Layout::Field &, PyValue value) { return py::cast(std::move(value)); });
}

py::list items(const PyValue &self)
{
    return for_fields(self, "has no fields", [](const Layout::Field &field, PyValue value) {
        return py::make_tuple(field.key, py::cast(std::move(value)));
    });
}

} // namespace aiopvxs::access
