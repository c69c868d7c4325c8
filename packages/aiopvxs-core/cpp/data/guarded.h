// The border between C++ and functions that Python calls without pybind11.
#pragma once

#include <new>
#include <type_traits>

#include "errors.h"
#include "python.h"

namespace aiopvxs
{

// Run `f`; make a Python error of what it throws, and return `failed`.
template <typename F, typename R = std::invoke_result_t<F>>
R guarded(R failed, F &&f) noexcept
{
    try {
        return f();
    } catch (py::error_already_set &e) {
        e.restore();
    } catch (py::builtin_exception &e) {
        e.set_error();
    } catch (std::bad_alloc &) {
        PyErr_NoMemory();
    } catch (...) {
        try {
            errors::translate(std::current_exception());
        } catch (std::exception &e) {
            PyErr_SetString(PyExc_RuntimeError, e.what());
        }
    }
    return failed;
}

} // namespace aiopvxs
