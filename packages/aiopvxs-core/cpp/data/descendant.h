// Fields of a structure by name, where pvxs's parser of paths can be left out.
#pragma once

#include <memory>
#include <string_view>

#include "data/layout.h"
#include "python.h"

namespace aiopvxs
{

// The field of that name, dotted or not, below a structure. Null if there is none, but also for what only
// find() (data/lookup.h) can answer: paths into a union, Any or array, and types met for the first time.
pvxs::Value descendant(const pvxs::Value &structure, PyObject *name);

// The same of one name without dots.
pvxs::Value child(const pvxs::Value &structure, PyObject *name);

// Whether a str has no dots.
bool is_single(PyObject *name);

// The text of a str as long as that lives; empty if it cannot be encoded.
std::string_view utf8(PyObject *text);

// Looks up many fields of one structure; those asked for in their order cost least.
class FieldFinder
{
public:
    explicit FieldFinder(const pvxs::Value &structure);
    // As descendant().
    pvxs::Value operator()(PyObject *name);

private:
    pvxs::Value at(std::size_t place);

    pvxs::Value structure;
    std::shared_ptr<const Layout> layout;
    std::size_t next = 0; // in layout->fields
    std::size_t passed = 0;
    pvxs::Value::IAll::iterator position;
};

} // namespace aiopvxs
