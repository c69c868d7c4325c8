// The base of aiopvxs's Subscription: what was taken from the core, and waiting for more.
//
// A monitor spends most of its time between two updates, in an event loop; this part of it is in C++, and
// to Python's C API, for that halves what one costs.
#pragma once

#include "client/fifo.h"
#include "client/subscription.h"
#include "python.h"

namespace aiopvxs
{

// A Python type of its own, not pybind11's: it takes part in garbage collection, and its __anext__ is a
// slot. A class derived from it, in Python, has
//   _shown(event)   the event as users see it, None if they do not
//   _ended()        raise what it ended with
//   _elsewhere()    raise if this is another event loop
class Updates
{
public:
    static py::object make_type(py::module_ &m);

    // The next item that users see, or null: then it has to be waited for.
    py::object next();
    // A list of all that there is up to the next event, or of that event and all up to the one after it; or
    // null.
    py::object next_batch();
    // The next item, a Value or a SubscriptionEvent, or null: then there is a completion when there is more.
    py::object take();
    // A Pause that ends when there is something to take.
    py::object pause();
    void waited(PyObject *future);
    void check_loop();

private:
    static PyObject *create(PyTypeObject *type, PyObject *arguments, PyObject *keywords);
    static int init(PyObject *object, PyObject *arguments, PyObject *keywords);
    static void destroy(PyObject *object);
    static int traverse(PyObject *object, visitproc visit, void *argument);
    static int clear(PyObject *object);

    static PyObject *anext(PyObject *object);
    static PyObject *take_method(PyObject *object, PyObject *);
    static PyObject *take_here_method(PyObject *object, PyObject *);
    static PyObject *batch_method(PyObject *object, PyObject *);
    static PyObject *hand_out_method(PyObject *object, PyObject *const *arguments, Py_ssize_t count);
    static PyObject *drop_method(PyObject *object, PyObject *);
    static PyObject *here_method(PyObject *object, PyObject *);
    static PyObject *follow_method(PyObject *object, PyObject *core);
    static PyObject *wait_method(PyObject *object, PyObject *);
    static PyObject *waited_method(PyObject *object, PyObject *future);

    static Updates &of(PyObject *object) { return *reinterpret_cast<Updates *>(object); }
    PyObject *self() { return reinterpret_cast<PyObject *>(this); }
    py::object take_here();
    // Throws where __init__() was not called.
    void check() const;
    void fill(std::size_t most, std::size_t most_bytes);
    // hand_out.cpp
    py::object hand_out(PyObject *callback, double seconds);
    bool stopped() const;
    std::size_t values() const;

    PyObject ob_base;
    PyObject *core;   // the Subscription's Python object, or null while there is none
    PyObject *loop;   // event loop
    PyObject *waking; // a Waking
    PyObject *latest; // update that a callback got, or null
    char over;        // nothing follows what was taken
    Subscription *source;
    std::size_t limit; // of what is taken at once
    std::size_t bytes;
    Fifo<py::object> items; // taken, not handed out
};

} // namespace aiopvxs
