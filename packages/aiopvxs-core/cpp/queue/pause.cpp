#include "queue/pause.h"

#include <cstddef>

#include <pybind11/gil_safe_call_once.h>

#include "python_call.h"

namespace aiopvxs
{

namespace
{

PyTypeObject *pause_type;

PyMemberDef pause_members[] = {
    {"_asyncio_future_blocking", T_BOOL, 0, 0, "As asyncio's protocol of futures has it."},
    {nullptr, 0, 0, 0, nullptr},
};

// What the callback of a task is called with: a task asks a Future for its result without a call in Python.
// It has no event loop, for it has ended. Never destroyed: that would be after the interpreter.
PyObject *ended_future()
{
    // what makes it may let other threads run, which would wait here with the GIL
    PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<py::object> made;
    return made
        .call_once_and_store_result([]() {
            const auto no_debug = py::cpp_function([]() { return false; });
            const auto loop =
                py::module_::import("types").attr("SimpleNamespace")(py::arg("get_debug") = no_debug);
            py::object future = py::module_::import("asyncio").attr("Future")(py::arg("loop") = loop);
            future.attr("set_result")(py::none());
            return future;
        })
        .get_stored()
        .ptr();
}

} // namespace

py::object Pause::make_type(py::module_ &m)
{
    static PyMethodDef methods[] = {
        {"get_loop", get_loop, METH_NOARGS, "get_loop($self, /)\n--\n\nReturn its event loop."},
        {"add_done_callback", method_function(add_done_callback), METH_FASTCALL | METH_KEYWORDS,
         "add_done_callback($self, callback, /, *, context=None)\n--\n\nCall this at the end."},
        {"remove_done_callback", remove_done_callback, METH_O,
         "remove_done_callback($self, callback, /)\n--\n\nForget it; return how many were forgotten."},
        {"cancel", method_function(cancel), METH_VARARGS | METH_KEYWORDS,
         "cancel($self, msg=None)\n--\n\nEnd it with CancelledError; False if it has ended."},
        {"done", is_done, METH_NOARGS, "done($self, /)\n--\n\nTell whether it has ended."},
        {"cancelled", is_cancelled, METH_NOARGS, "cancelled($self, /)\n--\n\nTell whether it was cancelled."},
        {"result", result, METH_NOARGS, "result($self, /)\n--\n\nReturn None, or raise CancelledError."},
        {"set_result", set_result, METH_O,
         "set_result($self, result, /)\n--\n\nEnd it, in a later turn of the loop."},
        {"end_now", end_now_method, METH_NOARGS,
         "end_now($self, /)\n--\n\nEnd it, and let its task go on: in a callback of the loop, where no task "
         "runs."},
        {nullptr, nullptr, 0, nullptr},
    };
    pause_members[0].offset = offsetof(Pause, blocking);
    static PyType_Slot slots[] = {
        {Py_tp_doc, const_cast<char *>("Pause(loop)\n--\n\nWhat a task waits for that has nothing "
                                       "to do.")},
        {Py_tp_new, reinterpret_cast<void *>(create)},
        {Py_tp_dealloc, reinterpret_cast<void *>(destroy)},
        {Py_tp_traverse, reinterpret_cast<void *>(traverse)},
        {Py_tp_clear, reinterpret_cast<void *>(clear)},
        {Py_tp_methods, methods},
        {Py_tp_members, pause_members},
        {0, nullptr},
    };
    static PyType_Spec spec = {
        "aiopvxs_core._core.queue.Pause", sizeof(Pause), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots,
    };
    py::object type = checked(PyType_FromModuleAndSpec(m.ptr(), &spec, nullptr));
    pause_type = reinterpret_cast<PyTypeObject *>(type.inc_ref().ptr());
    return type;
}

py::object Pause::make(PyObject *loop)
{
    auto made = PyObject_GC_New(Pause, pause_type);
    if (made == nullptr)
        throw py::error_already_set();
    Py_INCREF(loop);
    made->loop = loop;
    made->callback = made->context = made->message = nullptr;
    made->blocking = 1;
    made->state = State::waiting;
    PyObject_GC_Track(made->self());
    return py::reinterpret_steal<py::object>(made->self());
}

PyObject *Pause::create(PyTypeObject *, PyObject *arguments, PyObject *keywords)
{
    static const char *const parameters[] = {"loop", nullptr};
    PyObject *loop;
    if (PyArg_ParseTupleAndKeywords(arguments, keywords, "O:Pause", const_cast<char **>(parameters), &loop) ==
        0)
        return nullptr;
    return guarded_call<PyObject *>(nullptr, [&]() { return make(loop).release().ptr(); });
}

bool Pause::is_one(PyObject *object) { return Py_TYPE(object) == pause_type; }

void Pause::destroy(PyObject *object)
{
    auto type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

int Pause::traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(of(object).loop);
    Py_VISIT(of(object).callback);
    Py_VISIT(of(object).context);
    Py_VISIT(of(object).message);
    return 0;
}

int Pause::clear(PyObject *object)
{
    Py_CLEAR(of(object).loop);
    Py_CLEAR(of(object).callback);
    Py_CLEAR(of(object).context);
    Py_CLEAR(of(object).message);
    return 0;
}

void Pause::end_now()
{
    state = State::done;
    if (callback == nullptr)
        return;
    const auto keep = py::reinterpret_borrow<py::object>(self());
    if (PyContext_Enter(context) < 0) {
        PyErr_Clear(); // somebody runs in it
        schedule();
        return;
    }
    const auto task = py::reinterpret_steal<py::object>(std::exchange(callback, nullptr));
    const auto in = py::reinterpret_steal<py::object>(std::exchange(context, nullptr));
    const auto ran = PyObject_CallOneArg(task.ptr(), ended_future());
    if (ran == nullptr) {
        py::error_already_set error;
        PyContext_Exit(in.ptr());
        throw error;
    }
    Py_DECREF(ran);
    if (PyContext_Exit(in.ptr()) < 0)
        throw py::error_already_set();
}

// Run the callback in a later turn of the loop.
void Pause::schedule()
{
    if (callback == nullptr)
        return;
    const auto task = py::reinterpret_steal<py::object>(std::exchange(callback, nullptr));
    const auto in = py::reinterpret_steal<py::object>(std::exchange(context, nullptr));
    py::handle(loop).attr("call_soon")(task, py::handle(self()), py::arg("context") = in);
}

PyObject *Pause::get_loop(PyObject *object, PyObject *)
{
    Py_INCREF(of(object).loop);
    return of(object).loop;
}

PyObject *Pause::add_done_callback(PyObject *object, PyObject *const *arguments, Py_ssize_t count,
                                   PyObject *names)
{
    const Py_ssize_t named = names == nullptr ? 0 : PyTuple_GET_SIZE(names);
    if (count != 1 || named > 1 ||
        (named == 1 && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "context") != 0)) {
        PyErr_SetString(PyExc_TypeError, "add_done_callback() takes a callback, and context by name");
        return nullptr;
    }
    return guarded_call<PyObject *>(nullptr, [&]() {
        auto &self = of(object);
        if (self.callback != nullptr)
            throw std::runtime_error("Another task waits for this already");
        const bool given = named == 1 && arguments[1] != Py_None;
        py::object in =
            given ? py::reinterpret_borrow<py::object>(arguments[1]) : checked(PyContext_CopyCurrent());
        self.callback = py::reinterpret_borrow<py::object>(arguments[0]).release().ptr();
        Py_XSETREF(self.context, in.release().ptr());
        if (self.done())
            self.schedule();
        return py::none().release().ptr();
    });
}

PyObject *Pause::remove_done_callback(PyObject *object, PyObject *callback)
{
    auto &self = of(object);
    const int same = self.callback == nullptr ? 0 : PyObject_RichCompareBool(self.callback, callback, Py_EQ);
    if (same < 0)
        return nullptr;
    if (same > 0)
        Py_CLEAR(self.callback);
    return PyLong_FromLong(same);
}

PyObject *Pause::cancel(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    static const char *const parameters[] = {"msg", nullptr};
    PyObject *message = Py_None;
    if (PyArg_ParseTupleAndKeywords(arguments, keywords, "|O:cancel", const_cast<char **>(parameters),
                                    &message) == 0)
        return nullptr;
    return guarded_call<PyObject *>(nullptr, [&]() {
        auto &self = of(object);
        if (self.done())
            return PyBool_FromLong(0);
        self.state = State::cancelled;
        if (message != Py_None)
            Py_XSETREF(self.message, py::reinterpret_borrow<py::object>(message).release().ptr());
        self.schedule();
        return PyBool_FromLong(1);
    });
}

PyObject *Pause::is_done(PyObject *object, PyObject *) { return PyBool_FromLong(of(object).done() ? 1 : 0); }

PyObject *Pause::is_cancelled(PyObject *object, PyObject *)
{
    return PyBool_FromLong(of(object).state == State::cancelled ? 1 : 0);
}

PyObject *Pause::result(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        auto &self = of(object);
        if (self.state == State::done)
            return py::none().release().ptr();
        const auto asyncio = py::module_::import("asyncio");
        if (self.state == State::cancelled) {
            const py::object type = asyncio.attr("CancelledError");
            const py::object error = self.message == nullptr ? type() : type(py::handle(self.message));
            PyErr_SetObject(type.ptr(), error.ptr());
        } else {
            PyErr_SetString(py::object(asyncio.attr("InvalidStateError")).ptr(), "It has not ended yet");
        }
        throw py::error_already_set();
    });
}

PyObject *Pause::end_now_method(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        if (!of(object).done())
            of(object).end_now();
        return py::none().release().ptr();
    });
}

PyObject *Pause::set_result(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        auto &self = of(object);
        if (!self.done()) {
            self.state = State::done;
            self.schedule();
        }
        return py::none().release().ptr();
    });
}

} // namespace aiopvxs
