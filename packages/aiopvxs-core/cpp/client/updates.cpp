#include "client/updates.h"

#include <cstddef>
#include <limits>
#include <new>
#include <utility>

#include "client/next_update.h"
#include "client/update_objects.h"
#include "client/waking.h"
#include "data/py_value.h"
#include "python_call.h"
#include "queue/pause.h"

namespace aiopvxs
{

namespace
{

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

PyObject *or_none(py::object &&item)
{
    return (item ? std::move(item) : py::object(py::none())).release().ptr();
}

PyMemberDef updates_members[] = {
    {"_core", T_OBJECT, 0, READONLY, "The core's Subscription, None while there is none."},
    {"_loop", T_OBJECT, 0, READONLY, "The event loop on which it is iterated."},
    {"_over", T_BOOL, 0, 0, "Nothing follows what was taken."},
    {"_latest", T_OBJECT, 0, 0, "The latest update that a callback got, None if there was none."},
    {nullptr, 0, 0, 0, nullptr},
};

} // namespace

py::object Updates::make_type(py::module_ &m)
{
    static PyMethodDef methods[] = {
        {"_take", take_method, METH_NOARGS,
         "_take($self, /)\n--\n\nRemove the next item; None if there is none: a completion tells of more."},
        {"_take_here", take_here_method, METH_NOARGS,
         "_take_here($self, /)\n--\n\nRemove the next of what was taken from the core already."},
        {"_batch", batch_method, METH_NOARGS,
         "_batch($self, /)\n--\n\nReturn what is awaited for a list of all that there is."},
        {"_hand_out", method_function(hand_out_method), METH_FASTCALL,
         "_hand_out($self, callback, seconds, /)\n--\n\nCall for each update; return what that cannot go on "
         "with."},
        {"_drop", drop_method, METH_NOARGS,
         "_drop($self, /)\n--\n\nForget what was taken; return how many updates that were."},
        {"_here", here_method, METH_NOARGS,
         "_here($self, /)\n--\n\nCount the updates that were taken and not handed out."},
        {"_follow", follow_method, METH_O, "_follow($self, core, /)\n--\n\nTake from this from now on."},
        {"_wait", wait_method, METH_NOARGS,
         "_wait($self, /)\n--\n\nReturn a future that is done when there is something to take."},
        {"_waited", waited_method, METH_O, "_waited($self, future, /)\n--\n\nIt is not waited for any more."},
        {nullptr, nullptr, 0, nullptr},
    };
    updates_members[0].offset = offsetof(Updates, core);
    updates_members[1].offset = offsetof(Updates, loop);
    updates_members[2].offset = offsetof(Updates, over);
    updates_members[3].offset = offsetof(Updates, latest);
    static PyType_Slot slots[] = {
        {Py_tp_doc, const_cast<char *>("Updates(loop, waking, limit, max_bytes)\n--\n\nWhat was taken of a "
                                       "subscription, and waiting for more.")},
        {Py_tp_new, reinterpret_cast<void *>(create)},
        {Py_tp_init, reinterpret_cast<void *>(init)},
        {Py_tp_dealloc, reinterpret_cast<void *>(destroy)},
        {Py_tp_traverse, reinterpret_cast<void *>(traverse)},
        {Py_tp_clear, reinterpret_cast<void *>(clear)},
        {Py_am_anext, reinterpret_cast<void *>(anext)},
        {Py_tp_methods, methods},
        {Py_tp_members, updates_members},
        {0, nullptr},
    };
    static PyType_Spec spec = {
        "aiopvxs_core._core.client.Updates",
        sizeof(Updates),
        0,
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
        slots,
    };
    return checked(PyType_FromModuleAndSpec(m.ptr(), &spec, nullptr));
}

PyObject *Updates::create(PyTypeObject *type, PyObject *, PyObject *)
{
    PyObject *object = type->tp_alloc(type, 0);
    if (object != nullptr)
        new (&of(object).items) Fifo<py::object>;
    return object;
}

int Updates::init(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    static const char *const parameters[] = {"loop", "waking", "limit", "max_bytes", nullptr};
    PyObject *loop, *waking, *max_bytes;
    Py_ssize_t limit;
    if (PyArg_ParseTupleAndKeywords(arguments, keywords, "OOnO:Updates", const_cast<char **>(parameters),
                                    &loop, &waking, &limit, &max_bytes) == 0)
        return -1;
    return guarded_call(-1, [&]() {
        auto &self = of(object);
        Waking::of(waking);
        self.limit = static_cast<std::size_t>(limit);
        self.bytes = max_bytes == Py_None ? any_number : py::handle(max_bytes).cast<std::size_t>();
        Py_XSETREF(self.loop, py::reinterpret_borrow<py::object>(loop).release().ptr());
        Py_XSETREF(self.waking, py::reinterpret_borrow<py::object>(waking).release().ptr());
        return 0;
    });
}

void Updates::destroy(PyObject *object)
{
    auto type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    clear(object);
    of(object).items.~Fifo();
    type->tp_free(object);
    Py_DECREF(type);
}

int Updates::traverse(PyObject *object, visitproc visit, void *arg)
{
    auto &self = of(object);
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self.core);
    Py_VISIT(self.loop);
    Py_VISIT(self.waking);
    return 0; // Values and events refer to nothing
}

int Updates::clear(PyObject *object)
{
    auto &self = of(object);
    self.source = nullptr;
    Py_CLEAR(self.core);
    Py_CLEAR(self.loop);
    Py_CLEAR(self.waking);
    Py_CLEAR(self.latest);
    return 0;
}

PyObject *Updates::anext(PyObject *object) { return NextUpdate::make(object); }

// Take from the core, which may have nothing.
void Updates::fill(std::size_t most, std::size_t most_bytes)
{
    if (source == nullptr)
        return;
    const auto keep = py::reinterpret_borrow<py::object>(core);
    for (auto &item : take_items(*source, most, most_bytes))
        items.push_back(to_python(std::move(item), source->returns()));
}

py::object Updates::take_here()
{
    if (items.empty())
        return {};
    py::object item = std::move(items.front());
    items.pop_front();
    return item;
}

py::object Updates::take()
{
    if (items.empty())
        fill(limit, bytes);
    return take_here();
}

py::object Updates::next()
{
    static PyObject *const shown = interned("_shown");
    static PyObject *const ended = interned("_ended");
    while (true) {
        py::object item = take();
        if (!item) {
            if (over)
                call(self(), ended);
            return {};
        }
        if (is_value(item))
            return item;
        item = call(self(), shown, item.ptr());
        if (!item.is_none())
            return item;
    }
}

py::object Updates::next_batch()
{
    if (items.empty())
        fill(any_number, any_number);
    py::object first = next(); // what an event raises comes before anything is taken
    if (!first)
        return {};
    py::list batch;
    batch.append(std::move(first));
    while (!items.empty() && is_value(items.front()))
        batch.append(take_here());
    return std::move(batch);
}

void Updates::check() const
{
    if (waking == nullptr || loop == nullptr)
        throw std::runtime_error("This subscription was not made by a Context");
}

py::object Updates::pause()
{
    check();
    auto made = Pause::make(loop);
    Waking::of(waking).wait(made, self());
    return made;
}

void Updates::waited(PyObject *future)
{
    if (waking != nullptr)
        Waking::of(waking).waited(future);
}

void Updates::check_loop()
{
    static PyObject *const elsewhere = interned("_elsewhere");
    call(self(), elsewhere);
}

std::size_t Updates::values() const
{
    std::size_t count = 0u;
    for (const auto &item : items)
        count += is_value(item) ? 1u : 0u;
    return count;
}

PyObject *Updates::take_method(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr, [&]() { return or_none(of(object).take()); });
}

PyObject *Updates::take_here_method(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr, [&]() { return or_none(of(object).take_here()); });
}

PyObject *Updates::batch_method(PyObject *object, PyObject *) { return NextUpdate::make(object, true); }

PyObject *Updates::drop_method(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        const std::size_t count = of(object).values();
        const auto dropped = std::exchange(of(object).items, Fifo<py::object>()); // ends when all is done
        return PyLong_FromSize_t(count);
    });
}

PyObject *Updates::here_method(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr, [&]() { return PyLong_FromSize_t(of(object).values()); });
}

PyObject *Updates::follow_method(PyObject *object, PyObject *core)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        auto &self = of(object);
        self.source = &py::handle(core).cast<Subscription &>();
        Py_XSETREF(self.core, py::reinterpret_borrow<py::object>(core).release().ptr());
        return py::none().release().ptr();
    });
}

PyObject *Updates::wait_method(PyObject *object, PyObject *)
{
    static PyObject *const create_future = interned("create_future");
    return guarded_call<PyObject *>(nullptr, [&]() {
        auto &self = of(object);
        self.check();
        py::object future = call(self.loop, create_future);
        Waking::of(self.waking).wait(future, object);
        return future.release().ptr();
    });
}

PyObject *Updates::waited_method(PyObject *object, PyObject *future)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        of(object).waited(future);
        return py::none().release().ptr();
    });
}

} // namespace aiopvxs
