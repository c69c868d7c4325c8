#include "client/waking.h"

#include "python_call.h"
#include "queue/pause.h"

namespace aiopvxs
{

namespace
{

PyTypeObject *waking_type;

// In a callback of the event loop.
void end(const py::object &waiter)
{
    static PyObject *const done = interned("done");
    static PyObject *const set_result = interned("set_result");
    if (Pause::is_one(waiter.ptr())) {
        if (!Pause::of(waiter.ptr()).done())
            Pause::of(waiter.ptr()).end_now();
    } else if (!is_true(call(waiter.ptr(), done))) {
        call(waiter.ptr(), set_result, Py_None);
    }
}

Waking &as_waking(PyObject *object) { return *reinterpret_cast<Waking *>(object); }

} // namespace

py::object Waking::make_type(py::module_ &m)
{
    static PyMethodDef methods[] = {
        {"receive", receive, METH_O, "receive($self, item, /)\n--\n\nEnd what waits."},
        {nullptr, nullptr, 0, nullptr},
    };
    static PyGetSetDef properties[] = {
        {"waiters", waiters_of, nullptr, "Futures of those who wait.", nullptr},
        {nullptr, nullptr, nullptr, nullptr, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_doc, const_cast<char *>("Waking()\n--\n\nEnds the futures of those who wait for an update.")},
        {Py_tp_new, reinterpret_cast<void *>(PyType_GenericNew)},
        {Py_tp_dealloc, reinterpret_cast<void *>(destroy)},
        {Py_tp_traverse, reinterpret_cast<void *>(traverse)},
        {Py_tp_clear, reinterpret_cast<void *>(clear)},
        {Py_tp_methods, methods},
        {Py_tp_getset, properties},
        {0, nullptr},
    };
    static PyType_Spec spec = {
        "aiopvxs_core._core.client.Waking",
        sizeof(Waking),
        0,
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
        slots,
    };
    py::object type = checked(PyType_FromModuleAndSpec(m.ptr(), &spec, nullptr));
    waking_type = reinterpret_cast<PyTypeObject *>(type.inc_ref().ptr());
    return type;
}

Waking &Waking::of(PyObject *object)
{
    if (PyObject_TypeCheck(object, waking_type) == 0)
        throw py::type_error("A Waking is needed");
    return as_waking(object);
}

void Waking::destroy(PyObject *object)
{
    auto type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

int Waking::traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(as_waking(object).first);
    Py_VISIT(as_waking(object).others);
    Py_VISIT(as_waking(object).held);
    return 0;
}

int Waking::clear(PyObject *object)
{
    Py_CLEAR(as_waking(object).first);
    Py_CLEAR(as_waking(object).others);
    Py_CLEAR(as_waking(object).held);
    return 0;
}

PyObject *Waking::receive(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        auto &self = as_waking(object);
        if (self.first != nullptr && self.others == nullptr) {
            end(py::reinterpret_borrow<py::object>(self.first));
        } else if (self.first != nullptr) {
            // those that go on at once do not wait any more, and may come back
            for (const auto &waiter : self.waiters())
                end(py::reinterpret_borrow<py::object>(waiter));
        }
        return py::none().release().ptr();
    });
}

PyObject *Waking::waiters_of(PyObject *object, void *)
{
    return guarded_call<PyObject *>(nullptr, [&]() { return as_waking(object).waiters().release().ptr(); });
}

py::list Waking::waiters() const
{
    py::list all;
    if (first != nullptr)
        all.append(py::reinterpret_borrow<py::object>(first));
    if (others != nullptr) {
        for (const auto &waiter : py::reinterpret_borrow<py::list>(others))
            all.append(waiter);
    }
    return all;
}

void Waking::wait(const py::object &future, PyObject *subscription)
{
    if (first == nullptr) {
        first = py::object(future).release().ptr();
    } else if (others == nullptr) {
        py::list made(1);
        made[0] = future;
        others = made.release().ptr();
    } else if (PyList_Append(others, future.ptr()) < 0) {
        throw py::error_already_set();
    }
    if (held == nullptr) {
        Py_INCREF(subscription);
        held = subscription;
    }
}

void Waking::waited(PyObject *future)
{
    if (first == future) {
        const auto gone = py::reinterpret_steal<py::object>(first);
        first = nullptr;
        if (others != nullptr) {
            first = py::reinterpret_borrow<py::object>(PyList_GET_ITEM(others, 0)).release().ptr();
            remove_other(0);
        }
    } else if (others != nullptr) {
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(others); i++) {
            if (PyList_GET_ITEM(others, i) == future) {
                remove_other(i);
                break;
            }
        }
    }
    if (first == nullptr)
        Py_CLEAR(held);
}

// `others` is never empty.
void Waking::remove_other(Py_ssize_t which)
{
    if (PyList_GET_SIZE(others) == 1)
        Py_CLEAR(others);
    else if (PyList_SetSlice(others, which, which + 1, nullptr) < 0)
        throw py::error_already_set();
}

} // namespace aiopvxs
