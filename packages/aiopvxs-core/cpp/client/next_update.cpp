#include "client/next_update.h"

#include "client/updates.h"
#include "python_call.h"
#include "queue/pause.h"

namespace aiopvxs
{

namespace
{

PyTypeObject *next_update_type;

// As throw(exception) and throw(type, value, traceback) are told to.
void raise_thrown(PyObject *arguments)
{
    PyObject *type, *value = nullptr, *traceback = nullptr;
    if (PyArg_ParseTuple(arguments, "O|OO:throw", &type, &value, &traceback) == 0)
        return;
    if (PyExceptionInstance_Check(type)) {
        PyErr_SetObject(reinterpret_cast<PyObject *>(Py_TYPE(type)), type);
        return;
    }
    if (!PyExceptionClass_Check(type)) {
        PyErr_SetString(PyExc_TypeError, "throw() takes an exception");
        return;
    }
    Py_INCREF(type);
    Py_XINCREF(value);
    Py_XINCREF(traceback == Py_None ? nullptr : traceback);
    PyErr_Restore(type, value, traceback == Py_None ? nullptr : traceback);
}

// The result of a coroutine that has returned.
PyObject *stop(PyObject *value)
{
    auto instance = PyObject_CallOneArg(PyExc_StopIteration, value);
    if (instance != nullptr) {
        PyErr_SetObject(PyExc_StopIteration, instance);
        Py_DECREF(instance);
    }
    Py_DECREF(value);
    return nullptr;
}

} // namespace

PyObject *NextUpdate::make(PyObject *updates, bool all)
{
    auto made = PyObject_GC_New(NextUpdate, next_update_type);
    if (made == nullptr)
        return nullptr;
    made->pause = nullptr;
    made->all = all ? 1 : 0;
    Py_INCREF(updates);
    made->owner = updates;
    auto object = reinterpret_cast<PyObject *>(made);
    PyObject_GC_Track(object);
    return object;
}

void NextUpdate::destroy(PyObject *object)
{
    if (PyObject_CallFinalizerFromDealloc(object) < 0)
        return;
    auto type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

// Abandoned, perhaps while it waits.
void NextUpdate::finalize(PyObject *object)
{
    const py::error_scope keep;
    if (!of(object).give_up())
        PyErr_WriteUnraisable(of(object).owner);
}

int NextUpdate::traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(of(object).owner);
    Py_VISIT(of(object).pause);
    return 0;
}

int NextUpdate::clear(PyObject *object)
{
    Py_CLEAR(of(object).pause);
    Py_CLEAR(of(object).owner);
    return 0;
}

PyObject *NextUpdate::itself(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

Updates &NextUpdate::updates() { return *reinterpret_cast<Updates *>(owner); }

void NextUpdate::stop_waiting()
{
    const auto last = py::reinterpret_steal<py::object>(pause);
    pause = nullptr;
    if (owner != nullptr)
        updates().waited(last.ptr());
}

PySendResult NextUpdate::step(PyObject **result)
{
    if (pause != nullptr) {
        if (!Pause::of(pause).done())
            throw std::runtime_error("It is awaited by something that is no task of asyncio");
        stop_waiting();
    }
    py::object item = all ? updates().next_batch() : updates().next();
    if (item) {
        *result = item.release().ptr();
        return PYGEN_RETURN;
    }
    pause = updates().pause().release().ptr();
    Py_INCREF(pause);
    *result = pause;
    return PYGEN_NEXT;
}

// Wait no longer, if it does; false with an error set.
bool NextUpdate::give_up() noexcept
{
    return guarded_call(false, [&]() {
        if (pause != nullptr)
            stop_waiting();
        return true;
    });
}

PySendResult NextUpdate::send(PyObject *object, PyObject *, PyObject **result)
{
    *result = nullptr;
    auto &self = of(object);
    const auto outcome = guarded_call(PYGEN_ERROR, [&]() { return self.step(result); });
    if (outcome == PYGEN_ERROR) {
        const py::error_scope keep;
        self.give_up();
    }
    return outcome;
}

PyObject *NextUpdate::iterate(PyObject *object) { return send_method(object, Py_None); }

PyObject *NextUpdate::send_method(PyObject *object, PyObject *value)
{
    PyObject *result;
    switch (send(object, value, &result)) {
    case PYGEN_NEXT:
        return result;
    case PYGEN_RETURN:
        return stop(result);
    default:
        return nullptr;
    }
}

// As in a coroutine that waits for the pause: what is thrown in ends it.
PyObject *NextUpdate::throw_method(PyObject *object, PyObject *arguments)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        auto &self = of(object);
        const bool waits = self.pause != nullptr && !Pause::of(self.pause).done();
        if (self.pause != nullptr)
            self.stop_waiting();
        raise_thrown(arguments);
        py::error_already_set thrown;
        if (waits && thrown.matches(PyExc_RuntimeError))
            self.updates().check_loop(); // so a task says that it runs on another loop
        thrown.restore();
        return static_cast<PyObject *>(nullptr);
    });
}

PyObject *NextUpdate::close_method(PyObject *object, PyObject *)
{
    if (!of(object).give_up())
        return nullptr;
    Py_RETURN_NONE;
}

py::object NextUpdate::make_type(py::module_ &m)
{
    static PyMethodDef methods[] = {
        {"send", send_method, METH_O, "send($self, value, /)\n--\n\nGo on, as a coroutine does."},
        {"throw", throw_method, METH_VARARGS,
         "throw($self, /, *args)\n--\n\nRaise an exception where this waits, as a coroutine does."},
        {"close", close_method, METH_NOARGS, "close($self, /)\n--\n\nWait no longer."},
        {nullptr, nullptr, 0, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_doc, const_cast<char *>("What anext() of a subscription gives: awaitable once.")},
        {Py_tp_dealloc, reinterpret_cast<void *>(destroy)},
        {Py_tp_finalize, reinterpret_cast<void *>(finalize)},
        {Py_tp_traverse, reinterpret_cast<void *>(traverse)},
        {Py_tp_clear, reinterpret_cast<void *>(clear)},
        {Py_tp_iter, reinterpret_cast<void *>(itself)},
        {Py_tp_iternext, reinterpret_cast<void *>(iterate)},
        {Py_am_await, reinterpret_cast<void *>(itself)},
        {Py_am_send, reinterpret_cast<void *>(send)},
        {Py_tp_methods, methods},
        {0, nullptr},
    };
    static PyType_Spec spec = {
        "aiopvxs_core._core.client.NextUpdate",
        sizeof(NextUpdate),
        0,
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
        slots,
    };
    py::object type = checked(PyType_FromModuleAndSpec(m.ptr(), &spec, nullptr));
    next_update_type = reinterpret_cast<PyTypeObject *>(type.inc_ref().ptr());
    next_update_type->tp_new = nullptr; // Updates makes them
    return type;
}

} // namespace aiopvxs
