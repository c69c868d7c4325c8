#include "data/descendant.h"

namespace aiopvxs
{

pvxs::Value descendant(const pvxs::Value &structure, PyObject *name)
{
    if (!PyUnicode_CheckExact(name) || structure.type() != pvxs::TypeCode::Struct)
        return {};
    const auto &layout = Layout::familiar(structure);
    const Py_ssize_t place = layout ? layout->place(name) : -1;
    if (place < 0)
        return {};
    auto field = structure.iall().begin();
    for (Py_ssize_t i = 0; i < place; i++)
        ++field; // compilers make one addition of it
    return *field;
}

pvxs::Value child(const pvxs::Value &structure, PyObject *name)
{
    return is_single(name) ? descendant(structure, name) : pvxs::Value();
}

bool is_single(PyObject *name)
{
    return PyUnicode_FindChar(name, '.', 0, PyUnicode_GET_LENGTH(name), 1) == -1;
}

std::string_view utf8(PyObject *text)
{
    Py_ssize_t size = 0;
    const char *start = PyUnicode_AsUTF8AndSize(text, &size);
    if (!start) {
        PyErr_Clear();
        return {};
    }
    return {start, static_cast<std::size_t>(size)};
}

FieldFinder::FieldFinder(const pvxs::Value &of) : structure(of)
{
    if (structure.type() == pvxs::TypeCode::Struct)
        layout = Layout::familiar(structure);
    if (layout)
        position = structure.iall().begin();
}

pvxs::Value FieldFinder::operator()(PyObject *name)
{
    if (!layout)
        return {};
    if (next < layout->fields.size() && layout->fields[next].key.ptr() == name)
        return at(layout->fields[next].place);
    const Py_ssize_t place = PyUnicode_CheckExact(name) ? layout->place(name) : -1;
    return place < 0 ? pvxs::Value() : at(static_cast<std::size_t>(place));
}

pvxs::Value FieldFinder::at(std::size_t place)
{
    if (place < passed) {
        position = structure.iall().begin();
        next = passed = 0;
    }
    for (; passed < place; passed++)
        ++position;
    while (next < layout->fields.size() && layout->fields[next].place <= place)
        next++;
    return *position;
}

} // namespace aiopvxs
