// RecursionError instead of a stack that overflows.
#pragma once

#include "python.h"

namespace aiopvxs
{

// One level of what Python objects can nest without end; counts as a call of a Python function.
class RecursionLevel
{
public:
    RecursionLevel()
    {
        if (Py_EnterRecursiveCall(" while converting a Python object"))
            throw py::error_already_set();
    }
    ~RecursionLevel() { Py_LeaveRecursiveCall(); }
    RecursionLevel(const RecursionLevel &) = delete;
    RecursionLevel &operator=(const RecursionLevel &) = delete;
};

} // namespace aiopvxs
