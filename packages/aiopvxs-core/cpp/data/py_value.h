// What Python sees as aiopvxs.data.Value.
#pragma once

#include <memory>
#include <string>

#include "data/instance.h"
#include "data/returns.h"
#include "python.h"

namespace aiopvxs
{

// A pvxs Value (a reference to storage that may be shared with other PyValues), the top-level value it
// is a view of, from which its path is found when an error has to name it, and the union or Any that
// holds that top, if one does.
struct PyValue {
    pvxs::Value value;
    pvxs::Value root;                      // not valid(): value is itself the top
    std::shared_ptr<const PyValue> holder; // what `top()` is the content of
    std::shared_ptr<Returns> returns;      // where `value` goes in the end, if not null

    PyValue() = default;
    explicit PyValue(pvxs::Value top) : value(std::move(top)) {}
    PyValue(pvxs::Value top, std::shared_ptr<Returns> to) : value(std::move(top)), returns(std::move(to)) {}
    PyValue(pvxs::Value view, pvxs::Value of) : value(std::move(view)), root(std::move(of)) {}
    PyValue(const PyValue &) = default;
    PyValue(PyValue &&) noexcept = default;
    PyValue &operator=(const PyValue &) = default;
    PyValue &operator=(PyValue &&) noexcept = default;
    ~PyValue()
    {
        if (returns)
            returns->give(std::move(value));
    }

    const pvxs::Value &top() const { return root.valid() ? root : value; }
    // Dotted path of `value` below what this is all a view of, "" for the top itself.
    std::string path() const;

    // A field below `value`, in the same structure.
    PyValue field(pvxs::Value found) const;
    // What this union or Any holds, through any number of them; itself for other fields. A view: what is
    // assigned there is in this value.
    PyValue content() const;
    // A union or Any is marked with what is in it.
    void mark_holders() const;
};

} // namespace aiopvxs
