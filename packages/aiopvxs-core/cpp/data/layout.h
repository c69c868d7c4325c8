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
    };

    std::vector<Field> fields; // in the order of ichildren()

    static std::shared_ptr<const Layout> of(const pvxs::Value &structure);
};

} // namespace aiopvxs
