#include "data/access.h"

#include <algorithm>

#include "data/clone.h"
#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/layout.h"
#include "data/lookup.h"
#include "data/numpy_array.h"
#include "data/stage.h"
#include "errors.h"
#include "python_call.h"

namespace aiopvxs::access
{

namespace
{

// The field of that path as Python has it; its value is Null if there is none.
PyValue view(const PyValue &self, const std::string &path)
{
    if (leaves_structure(self.value, path))
        return find_view(self, path);
    return self.field(find(self.value, path));
}

// The structure whose fields `self` shows: itself, or what a union or Any holds.
PyValue structure(const PyValue &self, const char *verb)
{
    PyValue inner = self.content();
    if (!inner.value)
        errors::raise("NoField", std::string("a Null value ") + verb);
    if (inner.value.type() != pvxs::TypeCode::Struct)
        errors::raise(PyExc_TypeError,
                      Target{self.value.type(), Where{nullptr, {}, &self}, -1, nullptr}.text() + " " + verb +
                          ": it is not a structure");
    return inner;
}

template <typename F>
py::list for_fields(const PyValue &self, const char *verb, F &&make)
{
    const PyValue fields = structure(self, verb);
    const auto layout = Layout::of(fields.value);
    py::list result(layout->fields.size());
    size_t i = 0;
    for (pvxs::Value field : fields.value.ichildren()) {
        result[i] = make(layout->fields[i], fields.field(std::move(field)));
        i++;
    }
    return result;
}

bool is_compound_array(pvxs::TypeCode code) { return is_array(code) && code.kind() == pvxs::Kind::Compound; }

// An element of an array of structures, unions or Any: an independent value, or None.
py::object compound_element(const pvxs::Value &array, const pvxs::Value &element)
{
    return element ? py::cast(PyValue(copy_element(array, element))) : py::none();
}

py::list compound_elements(const pvxs::Value &array)
{
    const auto all = elements(array);
    py::list result(all.size());
    for (size_t i = 0; i < all.size(); i++)
        result[i] = compound_element(array, all[i]);
    return result;
}

// The Python value whose items are the elements of a leaf.
py::object element_source(const PyValue &self)
{
    const pvxs::Value inner = content(self.value);
    const pvxs::TypeCode code = inner.type();
    if (is_compound_array(code))
        return compound_elements(inner);
    if (!is_array(code) && code != pvxs::TypeCode::String)
        return {};
    return to_python(inner, Arrays::list);
}

// One element of an array of structures, unions or Any, without copying the others.
py::object get_compound_element(const pvxs::Value &array, py::handle key)
{
    const auto all = elements(array);
    const Py_ssize_t size = static_cast<Py_ssize_t>(all.size());
    Py_ssize_t index = PyNumber_AsSsize_t(key.ptr(), PyExc_IndexError);
    if (index == -1 && PyErr_Occurred())
        throw py::error_already_set();
    if (index < 0)
        index += size;
    if (index < 0 || index >= size)
        errors::raise(PyExc_IndexError, "there is no element " + encode(py::str(key)) + ": the array has " +
                                            std::to_string(size));
    return compound_element(array, all[static_cast<size_t>(index)]);
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
        return PyIndex_Check(key.ptr()) && has_attribute(result, "item") && !has_attribute(key, "ndim")
                   ? result.attr("item")()
                   : result;
    }
    if (is_compound_array(code) && PyIndex_Check(key.ptr()))
        return get_compound_element(inner, key);
    const py::object source = element_source(self);
    if (!source)
        errors::raise(PyExc_TypeError,
                      std::string("fields are looked up by name (str), not by ") + describe(key));
    return source[key];
}

// True for a member of a union, which assigning selects.
bool is_member(const pvxs::Value &value, const py::str &name)
{
    if (value.type() != pvxs::TypeCode::Union)
        return false;
    const auto &members = Layout::of(value)->fields;
    return std::any_of(members.begin(), members.end(),
                       [&](const Layout::Field &member) { return member.key.equal(name); });
}

bool is_class_attribute(py::handle self, const py::str &name)
{
    const py::tuple mro = py::reinterpret_borrow<py::tuple>(Py_TYPE(self.ptr())->tp_mro);
    for (py::handle cls : mro) {
        if (PyMapping_HasKeyString(cls.attr("__dict__").ptr(), path_from(name).c_str()))
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
    const std::string text = path_from(*path);
    pvxs::Value found = find(self.value, text);
    if (!found)
        raise_missing(self.value, text);
    return found;
}

py::object get_item(const PyValue &self, py::handle key)
{
    if (!PyUnicode_Check(key.ptr()))
        return get_element(self, key);
    const std::string path = path_from(key);
    PyValue found = view(self, path);
    if (!found.value)
        raise_missing(self.value, path);
    return py::cast(std::move(found));
}

void assign(const PyValue &self, py::handle value)
{
    pvxs::Value field = self.value;
    aiopvxs::assign(field, value, Where{nullptr, {}, &self});
    self.mark_holders();
}

void set_item(PyValue &self, py::handle key, py::handle value)
{
    if (!PyUnicode_Check(key.ptr()))
        errors::raise(PyExc_TypeError, "elements of an array cannot be assigned: assign the whole array");
    const std::string path = path_from(key);
    const Where where{nullptr, path, &self};
    if (leaves_structure(self.value, path)) {
        const Outward way = outward(self.value, path);
        pvxs::Value field = way.field;
        if (field.type().kind() != pvxs::Kind::Compound)
            raise_missing(self.value, path);
        pvxs::Value draft = deep_clone(field);
        assign_inside(draft, way.rest, value, where);
        copy_leaf(field, draft);
    } else {
        pvxs::Value found = writable(self.value, path);
        aiopvxs::assign(found, value, where);
    }
    self.mark_holders();
}

py::object get_attribute(const PyValue &self, const py::str &name)
{
    const std::string path = path_from(name);
    // one name, no path: attributes that Python, numpy or IPython ask for are none of the fields
    PyValue found = path.find_first_of(".[<-") == std::string::npos ? view(self, path) : PyValue();
    if (!found.value)
        errors::raise(PyExc_AttributeError, missing_text(self.value, path));
    return py::cast(std::move(found));
}

void set_attribute(py::handle self, const py::str &name, py::handle value)
{
    const std::string text = path_from(name);
    if (is_class_attribute(self, name))
        errors::raise(PyExc_AttributeError,
                      "'" + text + "' is a method of Value: a field of that name is assigned as v[\"" + text +
                          "\"]");
    PyValue &target = self.cast<PyValue &>();
    const bool single = text.find_first_of(".[<-") == std::string::npos;
    if (!single || !(is_member(target.value, name) || find(target.value, text)))
        errors::raise(PyExc_AttributeError, missing_text(target.value, text));
    set_item(target, name, value);
}

py::object get(const PyValue &self, const py::str &path, py::object missing)
{
    PyValue found = view(self, path_from(path));
    return found.value ? py::cast(std::move(found)) : missing;
}

bool contains(const PyValue &self, py::handle item)
{
    const py::object source = element_source(self);
    if (source)
        return source.contains(item);
    return PyUnicode_Check(item.ptr()) && find(self.value, path_from(item)).valid();
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
