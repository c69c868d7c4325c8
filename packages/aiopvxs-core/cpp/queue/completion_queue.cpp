#include "queue/completion_queue.h"

#include "forked.h"
#include "queue/lent.h"

namespace aiopvxs
{

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

py::list CompletionQueue::drain(std::size_t limit)
{
    forked::check();
    lent::release();

    std::deque<Entry> batch;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (entries.size() <= limit) {
            batch.swap(entries);
            if (signalled)
                wakeup.clear();
            signalled = false;
        } else {
            auto last = entries.begin() + static_cast<std::ptrdiff_t>(limit);
            batch.assign(std::make_move_iterator(entries.begin()), std::make_move_iterator(last));
            entries.erase(entries.begin(), last);
        }
        announced = false;
        if (!entries.empty())
            ready->notify_one(); // the descriptor is level-triggered, a waiting thread is not
    }

    py::list result(batch.size());
    Py_ssize_t index = 0;
    for (Entry &entry : batch) {
        py::object object;
        try {
            object = entry.item->to_python();
        } catch (py::error_already_set &e) {
            object = e.value();
        } catch (std::exception &e) {
            object = py::module_::import("builtins").attr("RuntimeError")(e.what());
        }
        result[static_cast<std::size_t>(index++)] = py::make_tuple(entry.token, std::move(object));
    }
    return result;
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
