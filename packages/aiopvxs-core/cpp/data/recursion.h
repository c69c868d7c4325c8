// RecursionError instead of a stack that overflows.
#pragma once

#include "errors.h"
#include "python.h"

namespace aiopvxs
{

// One level of what Python objects can nest without end. Fewer than Python's own limit, near which numpy
// gives other errors than RecursionError.
class RecursionLevel
{
public:
    RecursionLevel()
    {
        if (depth == most)
            errors::raise(PyExc_RecursionError, "the object is nested without end, or too deeply");
        depth++;
    }
    ~RecursionLevel() { depth--; }
    RecursionLevel(const RecursionLevel &) = delete;
    RecursionLevel &operator=(const RecursionLevel &) = delete;

private:
    static constexpr int most = 100;
    static inline thread_local int depth = 0;
};

} // namespace aiopvxs
