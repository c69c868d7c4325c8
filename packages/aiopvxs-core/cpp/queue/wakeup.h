// A descriptor that an event loop can watch.
#pragma once

#include <cstdint>

namespace aiopvxs
{

// eventfd on Linux, a pipe on other Unix systems, a socket pair on Windows (its selectors take sockets
// only). Closed by the destructor and nothing else.
class Wakeup
{
public:
#ifdef _WIN32
    using handle_t = std::uintptr_t;
#else
    using handle_t = int;
#endif
    Wakeup();
    ~Wakeup();
    Wakeup(const Wakeup &) = delete;
    Wakeup &operator=(const Wakeup &) = delete;

    void set() noexcept;   // make it readable
    void clear() noexcept; // make it not readable
    handle_t fileno() const noexcept { return reader; }

private:
    handle_t reader;
    handle_t writer;
};

} // namespace aiopvxs
