// What a task waits for that has nothing to do: as much of a future as a task needs.
//
// A Future costs a task two turns of its event loop and a dozen calls in Python; with this, a task goes on
// at once where the loop drains its completions, and not in the next turn.
#pragma once

#include "python.h"

namespace aiopvxs
{

// A Python type of its own: it takes part in garbage collection. For one callback, which is a task's.
class Pause
{
public:
    // Before make(), which is its constructor.
    static py::object make_type(py::module_ &m);
    static py::object make(PyObject *loop);
    static bool is_one(PyObject *object);
    static Pause &of(PyObject *object) { return *reinterpret_cast<Pause *>(object); }

    bool done() const { return state != State::waiting; }
    // Run the callback. Only from a callback of the event loop: another task must not be running.
    void end_now();

private:
    enum class State : char { waiting, done, cancelled };

    static PyObject *create(PyTypeObject *type, PyObject *arguments, PyObject *keywords);
    static void destroy(PyObject *object);
    static int traverse(PyObject *object, visitproc visit, void *argument);
    static int clear(PyObject *object);

    static PyObject *get_loop(PyObject *object, PyObject *);
    static PyObject *add_done_callback(PyObject *object, PyObject *const *arguments, Py_ssize_t count,
                                       PyObject *names);
    static PyObject *remove_done_callback(PyObject *object, PyObject *callback);
    static PyObject *cancel(PyObject *object, PyObject *arguments, PyObject *keywords);
    static PyObject *is_done(PyObject *object, PyObject *);
    static PyObject *is_cancelled(PyObject *object, PyObject *);
    static PyObject *result(PyObject *object, PyObject *);
    static PyObject *set_result(PyObject *object, PyObject *);
    static PyObject *end_now_method(PyObject *object, PyObject *);

    PyObject *self() { return reinterpret_cast<PyObject *>(this); }
    void schedule();

    PyObject ob_base;
    PyObject *loop;
    PyObject *callback;
    PyObject *context; // in which the callback runs
    PyObject *message; // of cancel(), or null
    char blocking;     // _asyncio_future_blocking: a task has not taken note of it yet
    State state;
};

} // namespace aiopvxs
