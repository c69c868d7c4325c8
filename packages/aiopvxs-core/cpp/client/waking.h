// What a completion of a subscription reaches: it ends the futures of those who wait for an update.
#pragma once

#include "python.h"

namespace aiopvxs
{

// A Python type of its own, not pybind11's: it takes part in garbage collection, and costs less.
class Waking
{
public:
    // After this, of() takes objects of it.
    static py::object make_type(py::module_ &m);
    // The Waking that this object is; TypeError if it is none.
    static Waking &of(PyObject *object);

    // receive() ends this future, or Pause. Meanwhile the bridge's table keeps `subscription` alive.
    void wait(const py::object &future, PyObject *subscription);
    // It is not waited for any more.
    void waited(PyObject *future);

    bool has_waiters() const { return first != nullptr; }

private:
    static void destroy(PyObject *object);
    static int traverse(PyObject *object, visitproc visit, void *argument);
    static int clear(PyObject *object);
    static PyObject *receive(PyObject *object, PyObject *item);
    static PyObject *waiters_of(PyObject *object, void *);

    py::list waiters() const;
    void remove_other(Py_ssize_t which);

    PyObject ob_base;
    PyObject *first;  // who waits, or null; mostly there is one, and no list to look into
    PyObject *others; // a list, or null: where several wait
    PyObject *held;   // the subscription while somebody waits
};

} // namespace aiopvxs
