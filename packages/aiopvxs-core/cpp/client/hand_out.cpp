// Updates that a callback gets.
#include <chrono>

#include "client/update_objects.h"
#include "client/updates.h"
#include "client/waking.h"
#include "python_call.h"

namespace aiopvxs
{

namespace
{

using Clock = std::chrono::steady_clock;

// Whether it may be something to await: Python knows better.
bool may_be_awaited(PyObject *result)
{
    const auto async = Py_TYPE(result)->tp_as_async;
    return (async != nullptr && async->am_await != nullptr) || PyGen_Check(result);
}

} // namespace

// A callback may end the subscription, and its Context.
bool Updates::stopped() const { return over || (source != nullptr && source->context_closed()); }

// None: nothing is left. False: it took long, or this has ended. Else an item that needs more than a call,
// or what the callback gave to await.
py::object Updates::hand_out(PyObject *callback, double seconds)
{
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (!stopped()) {
        py::object item = take();
        if (!item)
            return py::none();
        if (!is_value(item) || Waking::of(waking).has_waiters())
            return item;
        Py_XSETREF(latest, py::object(item).release().ptr());
        py::object result = checked(PyObject_CallOneArg(callback, item.ptr()));
        if (may_be_awaited(result.ptr()))
            return result;
        if (Clock::now() > end)
            break;
    }
    return py::bool_(false);
}

PyObject *Updates::hand_out_method(PyObject *object, PyObject *const *arguments, Py_ssize_t count)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        if (count != 2)
            throw py::type_error("_hand_out() takes a callback and seconds");
        auto &self = of(object);
        self.check();
        return self.hand_out(arguments[0], py::handle(arguments[1]).cast<double>()).release().ptr();
    });
}

} // namespace aiopvxs
