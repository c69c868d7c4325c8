#include "queue/lent.h"

#include <atomic>
#include <mutex>
#include <vector>

namespace aiopvxs::lent
{

namespace
{

struct List {
    std::mutex mutex;
    std::vector<PyObject *> objects;
    std::atomic<bool> any{false}; // spares `release` the lock on its usual, empty-handed way
};

// never destroyed: pvxs threads may outlive the static objects of this library
List &list()
{
    static List *const instance = new List;
    return *instance;
}

} // namespace

void give_back(PyObject *object) noexcept
{
    List &given = list();
    std::lock_guard<std::mutex> guard(given.mutex);
    try {
        given.objects.push_back(object);
        given.any.store(true, std::memory_order_release);
    } catch (std::bad_alloc &) {
        // out of memory: this reference is leaked, for nothing here may throw
    }
}

void release() noexcept
{
    List &given = list();
    if (!given.any.load(std::memory_order_acquire))
        return;
    std::vector<PyObject *> objects;
    {
        std::lock_guard<std::mutex> guard(given.mutex);
        objects.swap(given.objects);
        given.any.store(false, std::memory_order_release);
    }
    for (PyObject *object : objects)
        Py_DECREF(object); // may run Python code: the lock is not held
}

void lock() noexcept { list().mutex.lock(); }

void unlock() noexcept { list().mutex.unlock(); }

} // namespace aiopvxs::lent
