#include "client/waking.h"

#include <cstddef>

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

PyMemberDef waking_members[] = {
    {"waiters", T_OBJECT, 0, READONLY, "Futures of those who wait."},
    {nullptr, 0, 0, 0, nullptr},
};

} // namespace

py::object Waking::make_type(py::module_ &m)
{
    static PyMethodDef methods[] = {
        {"receive", receive, METH_O, "receive($self, item, /)\n--\n\nEnd what waits."},
        {nullptr, nullptr, 0, nullptr},
    };
    waking_members[0].offset = offsetof(Waking, waiters);
    static PyType_Slot slots[] = {
        {Py_tp_doc, const_cast<char *>("Waking()\n--\n\nEnds the futures of those who wait for an update.")},
        {Py_tp_new, reinterpret_cast<void *>(create)},
        {Py_tp_dealloc, reinterpret_cast<void *>(destroy)},
        {Py_tp_traverse, reinterpret_cast<void *>(traverse)},
        {Py_tp_clear, reinterpret_cast<void *>(clear)},
        {Py_tp_methods, methods},
        {Py_tp_members, waking_members},
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

PyObject *Waking::create(PyTypeObject *type, PyObject *, PyObject *)
{
    PyObject *object = type->tp_alloc(type, 0);
    if (object == nullptr)
        return nullptr;
    as_waking(object).waiters = PyList_New(0);
    if (as_waking(object).waiters == nullptr)
        Py_CLEAR(object);
    return object;
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
    Py_VISIT(as_waking(object).waiters);
    Py_VISIT(as_waking(object).held);
    return 0;
}

int Waking::clear(PyObject *object)
{
    Py_CLEAR(as_waking(object).waiters);
    Py_CLEAR(as_waking(object).held);
    return 0;
}

PyObject *Waking::receive(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        const auto list = as_waking(object).waiters;
        if (list == nullptr || PyList_GET_SIZE(list) == 0)
            return py::none().release().ptr();
        if (PyList_GET_SIZE(list) == 1) {
            end(py::reinterpret_borrow<py::object>(PyList_GET_ITEM(list, 0)));
            return py::none().release().ptr();
        }
        // those that go on at once leave the list, and may come back to it
        const auto all = checked(PyList_GetSlice(list, 0, PyList_GET_SIZE(list)));
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(all.ptr()); i++)
            end(py::reinterpret_borrow<py::object>(PyList_GET_ITEM(all.ptr(), i)));
        return py::none().release().ptr();
    });
}

void Waking::wait(const py::object &future, PyObject *subscription)
{
    if (waiters == nullptr || PyList_Append(waiters, future.ptr()) < 0)
        throw py::error_already_set();
    if (held == nullptr) {
        Py_INCREF(subscription);
        held = subscription;
    }
}

void Waking::waited(PyObject *future)
{
    if (waiters == nullptr)
        return; // cleared by the garbage collector
    const Py_ssize_t count = PyList_GET_SIZE(waiters);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (PyList_GET_ITEM(waiters, i) != future)
            continue;
        if (PyList_SetSlice(waiters, i, i + 1, nullptr) < 0)
            throw py::error_already_set();
        break;
    }
    if (PyList_GET_SIZE(waiters) == 0)
        Py_CLEAR(held);
}

} // namespace aiopvxs
