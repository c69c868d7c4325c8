#include "forked.h"

#include <mutex>

#ifndef _WIN32
#include <pthread.h>
#endif
#ifdef __GLIBC__
#include <cstdio>
#include <cstdlib>

#include <unistd.h>
#endif

#include "queue/lent.h"

namespace aiopvxs::forked
{

std::atomic<bool> detail::in_child{false};

namespace
{

#ifdef __GLIBC__
// libCom's handler of exit() takes a lock of errlog, which a thread of the parent may have held. The handlers
// that were inherited are the parent's to run: those of the child, the interpreter among them, have run by
// now.
void leave(int status, void *)
{
    std::fflush(nullptr);
    ::_exit(status);
}
#endif

// Of the locks of ours only that of lent arrays is taken in a child, where Values may go on being used.
void before() { lent::lock(); }
void in_parent() { lent::unlock(); }
void in_child()
{
    lent::unlock();
    detail::in_child.store(true, std::memory_order_relaxed);
#ifdef __GLIBC__
    ::on_exit(&leave, nullptr);
#endif
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
