// Where in a value something malformed is.
#pragma once

#include <string>

#include "data/state.h"
#include "data/where.h"
#include "errors.h"
#include "python.h"

namespace aiopvxs::state
{

// A path that is put together only if an error needs it. Lives on the stack.
class Place
{
public:
    Place() = default;
    // an element
    Place(const Place &outer, size_t index)
        : outer(&outer), depth(outer.depth + 1), level(outer.level + 1), index(index)
    {
    }

    // a field of a structure
    static Place field(const Place &outer, const std::string &name)
    {
        return Place(outer, ".", name, outer.level);
    }
    // the selected member of a union; what an Any holds has no name
    static Place inside(const Place &outer, const std::string &name)
    {
        return Place(outer, "->", name, outer.level + 1);
    }

    std::string text() const
    {
        if (!outer)
            return "value";
        if (name)
            return outer->text() + step + *name;
        return outer->text() + "[" + std::to_string(index) + "]";
    }

    [[noreturn]] void refuse(const std::string &why) const
    {
        errors::raise(PyExc_ValueError, text() + ": " + why);
    }

    [[noreturn]] void refuse(const std::string &wanted, pvxs::TypeCode code, py::handle got) const
    {
        refuse(wanted + " is the content of " + code.name() + ", not " + describe(got));
    }

    void check_depth() const
    {
        if (depth > deepest || level > nesting::most)
            errors::raise(PyExc_ValueError,
                          "value: it is nested more than " + std::to_string(nesting::most) + " levels deep");
    }

private:
    Place(const Place &outer, const char *step, const std::string &name, int level)
        : outer(&outer), depth(outer.depth + 1), level(level), step(step), name(&name)
    {
    }

    const Place *outer = nullptr;
    int depth = 0;
    int level = 0; // of unions, Any and elements
    const char *step = nullptr;
    const std::string *name = nullptr;
    size_t index = 0;
};

} // namespace aiopvxs::state
