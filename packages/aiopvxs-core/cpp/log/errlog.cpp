#include "log/errlog.h"

#include <cstdio>
#include <cstring>

#ifndef _WIN32
#include <sys/types.h>
#endif

#include "libcom.h"

namespace aiopvxs::errlog
{

namespace
{

using Listener = void (*)(void *, const char *);

// errlog's own buffer holds 1280 bytes and lines of 255: half a dozen lines of PVXS. Unless a program has
// chosen its own before, it is made to hold a burst of them.
constexpr int buffer_size = 256 * 1024;
constexpr int longest_line = 4096;

Take taker = nullptr;
bool listening = false;

using libcom::find;

void listen(void *, const char *message) { taker(message, std::strlen(message)); }

#if defined(__linux__)
ssize_t write_stream(void *, const char *text, std::size_t size)
{
    taker(text, size);
    return static_cast<ssize_t>(size);
}

std::FILE *open_stream()
{
    cookie_io_functions_t functions{};
    functions.write = &write_stream;
    return ::fopencookie(nullptr, "w", functions);
}
#elif defined(_WIN32)
std::FILE *open_stream() { return nullptr; }
#else
int write_stream(void *, const char *text, int size)
{
    taker(text, static_cast<std::size_t>(size));
    return size;
}

std::FILE *open_stream() { return ::funopen(nullptr, nullptr, &write_stream, nullptr, nullptr); }
#endif

bool redirect_to_stream()
{
    auto set_console = find<int (*)(std::FILE *)>("errlogSetConsole");
    std::FILE *stream =
        set_console ? open_stream() : nullptr; // never closed: libCom may write at the very end
    if (!stream)
        return false;
    std::setvbuf(stream, nullptr, _IONBF, 0); // each message comes at once, and by itself
    set_console(stream);
    return true;
}

bool redirect_to_listener()
{
    auto add = find<void (*)(Listener, void *)>("errlogAddListener");
    auto console = find<int (*)(int)>("eltc");
    if (!add || !console || !find<int (*)(Listener, void *)>("errlogRemoveListeners"))
        return false;
    add(&listen, nullptr);
    console(0);
    listening = true;
    return true;
}

} // namespace

bool redirect(Take take, bool by_listener)
{
    taker = take;
    if (auto init = find<int (*)(int, int)>("errlogInit2"))
        init(buffer_size, longest_line);
    return (!by_listener && redirect_to_stream()) || redirect_to_listener();
}

void restore()
{
    if (!taker) // errlog has perhaps no thread, and would be waited for
        return;
    if (auto flush = find<void (*)()>("errlogFlush"))
        flush();
    if (!listening)
        return;
    listening = false;
    find<int (*)(int)>("eltc")(1);
    find<int (*)(Listener, void *)>("errlogRemoveListeners")(&listen, nullptr);
}

} // namespace aiopvxs::errlog
