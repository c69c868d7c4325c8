#include "queue/completion_queue.h"

#include <algorithm>

#include "forked.h"
#include "queue/lent.h"

namespace aiopvxs
{

namespace
{

// So many patient items within a millisecond: the loop spends most of it on being woken.
constexpr std::size_t many = 32u;

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
        const bool waits = napping && item->patient();
        entries.push_back(Entry{token, std::move(item)});
        if (!waits)
            wake();
        return true;
    } catch (std::exception &) {
        return false;
    }
}

// With the mutex.
void CompletionQueue::wake()
{
    napping = false;
    if (signalled)
        return;
    signalled = true;
    wakeup.set();
    ready->notify_one();
}

std::deque<CompletionQueue::Entry> CompletionQueue::remove()
{
    std::deque<Entry> batch;
    std::lock_guard<std::mutex> guard(mutex);
    batch.swap(entries);
    if (signalled)
        wakeup.clear();
    signalled = announced = napping = false;
    return batch;
}

// After a drain of so many items.
bool CompletionQueue::nap(Clock::time_point begun, std::size_t impatient, std::size_t patient)
{
    std::lock_guard<std::mutex> guard(mutex);
    const bool busy = impatient == 0u && patient >= many && begun - drained < std::chrono::milliseconds(1);
    drained = Clock::now();
    const auto is_patient = [](const Entry &entry) { return entry.item->patient(); };
    if (!busy || is_closed || !std::all_of(entries.begin(), entries.end(), is_patient))
        return false;
    if (signalled)
        wakeup.clear();
    signalled = false;
    return napping = true;
}

void CompletionQueue::put_back(std::deque<Entry> &rest)
{
    std::lock_guard<std::mutex> guard(mutex);
    if (is_closed || rest.empty())
        return;
    entries.insert(entries.begin(), std::make_move_iterator(rest.begin()),
                   std::make_move_iterator(rest.end()));
    rest.clear();
    wake();
}

bool CompletionQueue::drain(const py::dict &targets, const py::object &failed, double seconds)
{
    forked::check();
    lent::release();

    const auto begun = Clock::now();
    const auto end = begun + std::chrono::duration<double>(seconds);
    std::size_t count[] = {0u, 0u}; // impatient, patient
    for (std::deque<Entry> batch = remove(); !batch.empty();) {
        const Entry entry = std::move(batch.front());
        batch.pop_front();
        count[entry.item->patient() ? 1 : 0]++;
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
        if (Clock::now() > end) {
            put_back(batch);
            return false;
        }
    }
    return nap(begun, count[0], count[1]);
}

bool CompletionQueue::wait()
{
    forked::check();
    std::unique_lock<std::mutex> lock(mutex);
    ready->wait(lock, [this]() { return is_closed || (!entries.empty() && !announced && !napping); });
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
