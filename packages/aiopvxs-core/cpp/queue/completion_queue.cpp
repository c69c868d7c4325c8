#include "queue/completion_queue.h"

#include <chrono>

#include "forked.h"
#include "queue/lent.h"

namespace aiopvxs
{

namespace
{

py::object object_of(Completion &item)
{
    try {
        return item.to_python();
    } catch (py::error_already_set &e) {
        return e.value();
    } catch (std::exception &e) {
        return py::module_::import("builtins").attr("RuntimeError")(e.what());
    }
}

// Throws what is not an Exception.
void hand_over(const py::object &target, Completion &item, const py::object &failed)
{
    const py::object object = object_of(item);
    if (const auto result = PyObject_CallOneArg(target.ptr(), object.ptr())) {
        Py_DECREF(result);
        return;
    }
    py::error_already_set error;
    if (!error.matches(PyExc_Exception))
        throw error;
    failed(target, error.value());
}

} // namespace

CompletionQueue::~CompletionQueue()
{
    // in a child of fork() the threads that waited are gone, and would be waited for
    forked::keep(ready);
    forked::keep(entries);
}

bool CompletionQueue::push(std::uint64_t token, std::unique_ptr<Completion> item) noexcept
{
    if (forked::is_child())
        return false;
    try {
        std::lock_guard<std::mutex> guard(mutex);
        if (is_closed)
            return false;
        entries.push_back(Entry{token, std::move(item)});
        if (!signalled) {
            signalled = true;
            wakeup.set();
            ready->notify_one();
        }
        return true;
    } catch (std::exception &) {
        return false;
    }
}

std::deque<CompletionQueue::Entry> CompletionQueue::remove()
{
    std::deque<Entry> batch;
    std::lock_guard<std::mutex> guard(mutex);
    batch.swap(entries);
    if (signalled)
        wakeup.clear();
    signalled = announced = false;
    return batch;
}

void CompletionQueue::put_back(std::deque<Entry> &rest)
{
    std::lock_guard<std::mutex> guard(mutex);
    if (is_closed || rest.empty())
        return;
    entries.insert(entries.begin(), std::make_move_iterator(rest.begin()),
                   std::make_move_iterator(rest.end()));
    rest.clear();
    if (!signalled) {
        signalled = true;
        wakeup.set();
    }
    ready->notify_one();
}

void CompletionQueue::drain(const py::dict &targets, const py::object &failed, double seconds)
{
    using Clock = std::chrono::steady_clock;
    forked::check();
    lent::release();

    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    for (std::deque<Entry> batch = remove(); !batch.empty();) {
        const Entry entry = std::move(batch.front());
        batch.pop_front();
        // it may be forgotten by what is called before it
        const auto target = py::reinterpret_borrow<py::object>(
            PyDict_GetItemWithError(targets.ptr(), py::int_(entry.token).ptr()));
        try {
            if (target)
                hand_over(target, *entry.item, failed);
        } catch (py::error_already_set &) {
            put_back(batch);
            throw;
        }
        if (Clock::now() > end)
            put_back(batch);
    }
}

bool CompletionQueue::wait()
{
    forked::check();
    std::unique_lock<std::mutex> lock(mutex);
    ready->wait(lock, [this]() { return is_closed || (!entries.empty() && !announced); });
    announced = true;
    return !is_closed;
}

void CompletionQueue::close() noexcept
{
    if (forked::is_child())
        return;
    std::deque<Entry> dropped; // declared first, so destroyed after the lock: items may own anything
    std::lock_guard<std::mutex> guard(mutex);
    is_closed = true;
    dropped.swap(entries);
    if (signalled)
        wakeup.clear();
    signalled = false;
    ready->notify_all();
}

bool CompletionQueue::closed() const
{
    if (forked::is_child())
        return true;
    std::lock_guard<std::mutex> guard(mutex);
    return is_closed;
}

std::size_t CompletionQueue::size() const
{
    if (forked::is_child())
        return 0u;
    std::lock_guard<std::mutex> guard(mutex);
    return entries.size();
}

} // namespace aiopvxs
