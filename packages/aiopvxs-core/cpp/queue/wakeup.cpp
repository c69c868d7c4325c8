#include "queue/wakeup.h"

#include <stdexcept>
#include <system_error>

#if defined(__linux__)
#include <sys/eventfd.h>
#include <unistd.h>
#elif defined(_WIN32)
#include <winsock2.h>

#include <pvxs/util.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif
#include <cerrno>

namespace aiopvxs
{

#if defined(__linux__)

Wakeup::Wakeup()
{
    reader = writer = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (reader < 0)
        throw std::system_error(errno, std::generic_category(), "eventfd");
}

Wakeup::~Wakeup() { ::close(reader); }

void Wakeup::set() noexcept
{
    const std::uint64_t one = 1;
    while (::write(writer, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
}

void Wakeup::clear() noexcept
{
    std::uint64_t count;
    while (::read(reader, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
}

#elif defined(_WIN32)

Wakeup::Wakeup()
{
    SOCKET pair[2];
    pvxs::compat_socketpair(pair);
    pvxs::compat_make_socket_nonblocking(pair[0]);
    pvxs::compat_make_socket_nonblocking(pair[1]);
    reader = pair[0];
    writer = pair[1];
}

Wakeup::~Wakeup()
{
    ::closesocket(reader);
    ::closesocket(writer);
}

void Wakeup::set() noexcept
{
    const char one = 1;
    ::send(writer, &one, 1, 0);
}

void Wakeup::clear() noexcept
{
    char sink[16];
    while (::recv(reader, sink, sizeof(sink), 0) == sizeof(sink)) {
    }
}

#else

Wakeup::Wakeup()
{
    int pair[2];
    if (::pipe(pair) < 0)
        throw std::system_error(errno, std::generic_category(), "pipe");
    for (int fd : pair) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
    }
    reader = pair[0];
    writer = pair[1];
}

Wakeup::~Wakeup()
{
    ::close(reader);
    ::close(writer);
}

void Wakeup::set() noexcept
{
    const char one = 1;
    while (::write(writer, &one, 1) < 0 && errno == EINTR) {
    }
}

void Wakeup::clear() noexcept
{
    char sink[16];
    while (::read(reader, sink, sizeof(sink)) == sizeof(sink)) {
    }
}

#endif

} // namespace aiopvxs
