#include "forked.h"

#include <mutex>

#ifndef _WIN32
#include <pthread.h>
#endif

#include "queue/lent.h"

namespace aiopvxs::forked
{

std::atomic<bool> detail::in_child{false};

namespace
{

// Of the locks of ours only that of lent arrays is taken in a child, where Values may go on being used.
void before() { lent::lock(); }
void in_parent() { lent::unlock(); }
void in_child()
{
    lent::unlock();
    detail::in_child.store(true, std::memory_order_relaxed);
}

} // namespace

Error::Error()
    : std::runtime_error(
          "PVXS does not survive os.fork(): this process was forked from one that had made a Context or a "
          "Server. Use the start method \"spawn\" or \"forkserver\" of multiprocessing, or fork before the "
          "first Context or Server is made and make one in the child")
{
}

void begin()
{
    check();
#ifndef _WIN32
    static std::once_flag once;
    std::call_once(once, []() { pthread_atfork(&before, &in_parent, &in_child); });
#endif
}

} // namespace aiopvxs::forked
