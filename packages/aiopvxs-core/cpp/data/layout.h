// The names of the fields of a structure, or the members of a union, as Python strings, made once per type.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "python.h"

namespace aiopvxs
{

// Asking pvxs for the name of a field searches all names of the structure; a walk over a value asks this
// instead. Needs the GIL.
class Layout
{
public:
    struct Field {
        std::string name;
        py::object key; // the name as an interned str
        pvxs::TypeCode code;
        std::shared_ptr<const Layout> inner; // of a structure
        std::size_t place = 0;               // in iall() of the structure
    };

    std::vector<Field> fields; // in the order of ichildren()

    static std::shared_ptr<const Layout> of(const pvxs::Value &structure);

    // The same for a type that was met before; empty for one that was not, lately. Making a layout costs more
    // than some look-ups, and each channel brings a type of its own. The reference is good until Python code
    // runs or another layout is asked for.
    static const std::shared_ptr<const Layout> &familiar(const pvxs::Value &structure);

    // The place in iall() of the field of that name, dotted or not (an exact str); negative if there is none.
    // Of a familiar layout. Runs no Python code.
    Py_ssize_t place(PyObject *path) const;

private:
    mutable py::object places; // a dict from names to places, made when the type is familiar
};

} // namespace aiopvxs
