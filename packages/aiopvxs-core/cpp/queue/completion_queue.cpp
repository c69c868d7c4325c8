#include "queue/completion_queue.h"

#include <algorithm>

#include "forked.h"
#include "queue/lent.h"

namespace aiopvxs
{

namespace
{

using std::chrono::milliseconds;

// So many updates a second: being woken for each costs the loop more than what they need.
constexpr std::size_t many = 1500u;
// Over so long they are counted.
constexpr milliseconds a_while(5);

py::object object_of(Completion *item)
{
    if (item == nullptr)
        return py::none();
    try {
        return item->to_python();
    } catch (py::error_already_set &e) {
        return e.value();
    } catch (std::exception &e) {
        return py::module_::import("builtins").attr("RuntimeError")(e.what());
    }
}

// Throws what is not an Exception.
void hand_over(const py::object &target, Completion *item, const py::object &failed)
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
    bool rings = false;
    try {
        std::lock_guard<std::mutex> guard(mutex);
        if (is_closed)
            return false;
        const bool waits = napping && !item;
        entries.push_back(Entry{token, std::move(item)});
        rings = !waits && wake();
    } catch (std::exception &) {
        return false;
    }
    if (rings)
        wakeup.set();
    return true;
}

// With the mutex. True if the descriptor is to be set without it: to wake a thread takes long, and the
// loop's, should it come to the mutex meanwhile, would sleep once more.
bool CompletionQueue::wake()
{
    napping = false;
    if (signalled)
        return false;
    ready->notify_one();
    return signalled = true;
}

void CompletionQueue::remove(Entries &batch)
{
    // Before all else: who pushes later sets it again, or finds it set and is in this batch. It may be set
    // once more for nothing.
    wakeup.clear();
    std::lock_guard<std::mutex> guard(mutex);
    batch.swap(entries);
    signalled = announced = napping = false;
}

void CompletionQueue::hurry() noexcept
{
    if (forked::is_child())
        return;
    bool rings;
    {
        std::lock_guard<std::mutex> guard(mutex);
        rings = napping && !is_closed && wake();
    }
    if (rings)
        wakeup.set();
}

// After a drain of so many items.
std::size_t CompletionQueue::nap(std::size_t impatient, std::size_t patient)
{
    const auto now = Clock::now();
    std::lock_guard<std::mutex> guard(mutex);
    if (const auto time = now - counted_since; time >= a_while) {
        const auto passed = std::chrono::duration_cast<milliseconds>(time).count();
        rate = updates.exchange(0u, std::memory_order_relaxed) * 1000u / static_cast<std::size_t>(passed);
        counted_since = now;
    }
    const auto is_patient = [](const Entry &entry) { return entry.patient(); };
    if (rate < many || impatient > 0u || patient == 0u || is_closed ||
        !std::all_of(entries.begin(), entries.end(), is_patient))
        return 0u;
    if (signalled)
        wakeup.clear();
    signalled = false;
    napping = true;
    return rate;
}

void CompletionQueue::put_back(Entries &batch, std::size_t done)
{
    std::lock_guard<std::mutex> guard(mutex);
    if (is_closed || done == batch.size())
        return;
    const auto rest = batch.begin() + static_cast<std::ptrdiff_t>(done);
    entries.insert(entries.begin(), std::make_move_iterator(rest), std::make_move_iterator(batch.end()));
    if (wake())
        wakeup.set();
}

std::size_t CompletionQueue::drain(const py::dict &targets, const py::object &failed, double seconds)
{
    forked::check();
    lent::release();

    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    std::size_t count[] = {0u, 0u};   // impatient, patient
    Entries batch = std::move(spare); // what is called may drain, too
    remove(batch);
    for (std::size_t i = 0u; i < batch.size(); i++) {
        const Entry entry = std::move(batch[i]);
        count[entry.patient() ? 1 : 0]++;
        remaining = batch.size() - i - 1u;
        // it may be forgotten by what is called before it
        const auto target = py::reinterpret_borrow<py::object>(
            PyDict_GetItemWithError(targets.ptr(), py::int_(entry.token).ptr()));
        try {
            if (target)
                hand_over(target, entry.item.get(), failed);
        } catch (py::error_already_set &) {
            remaining = 0u;
            put_back(batch, i + 1u);
            throw;
        }
        if (Clock::now() > end) {
            remaining = 0u;
            put_back(batch, i + 1u);
            return 0u;
        }
    }
    batch.clear();
    spare = std::move(batch);
    return nap(count[0], count[1]);
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
    Entries dropped; // declared first, so destroyed after the lock: items may own anything
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
