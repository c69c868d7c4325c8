// What `anext()` of a subscription gives: an awaitable for its next item, or all there are, as a coroutine
// would be.
#pragma once

#include "python.h"

namespace aiopvxs
{

class Updates;

// A Python type of its own: it takes part in garbage collection, for the future that it waits for leads back
// to it, and in the interpreter's protocol of coroutines.
class NextUpdate
{
public:
    // Before make().
    static py::object make_type(py::module_ &m);
    // For an object of a class derived from Updates; null with an error set.
    static PyObject *make(PyObject *updates, bool all = false);

private:
    static NextUpdate &of(PyObject *object) { return *reinterpret_cast<NextUpdate *>(object); }
    static void destroy(PyObject *object);
    static void finalize(PyObject *object);
    static int traverse(PyObject *object, visitproc visit, void *argument);
    static int clear(PyObject *object);
    static PyObject *itself(PyObject *object);
    static PySendResult send(PyObject *object, PyObject *value, PyObject **result);
    static PyObject *iterate(PyObject *object);
    static PyObject *send_method(PyObject *object, PyObject *value);
    static PyObject *throw_method(PyObject *object, PyObject *arguments);
    static PyObject *close_method(PyObject *object, PyObject *);

    PySendResult step(PyObject **result);
    void stop_waiting();
    bool give_up() noexcept;

    Updates &updates();

    PyObject ob_base;
    PyObject *owner; // what it is the next item of
    PyObject *pause; // what is waited for, or null
    char all;        // a list
};

} // namespace aiopvxs
