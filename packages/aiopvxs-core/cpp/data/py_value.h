// What Python sees as aiopvxs.data.Value.
#pragma once

#include <string>

#include "data/instance.h"
#include "python.h"

namespace aiopvxs
{

// A pvxs Value (a reference to storage that may be shared with other PyValues) and the top-level value
// it is a view of, from which its path is found when an error has to name it.
struct PyValue {
    pvxs::Value value;
    pvxs::Value root; // not valid(): value is itself the top

    PyValue() = default;
    explicit PyValue(pvxs::Value top) : value(std::move(top)) {}
    PyValue(pvxs::Value view, pvxs::Value of) : value(std::move(view)), root(std::move(of)) {}

    const pvxs::Value &top() const { return root.valid() ? root : value; }
    // Dotted path of `value` below `top()`, "" for the top itself.
    std::string path() const;
};

} // namespace aiopvxs
