#include "log/lines.h"

#include <chrono>
#include <cstdio>

#include "forked.h"
#include "log/errlog.h"

namespace aiopvxs
{

namespace
{

void write_out(const char *text, std::size_t size) noexcept
{
    std::fwrite(text, 1, size, stderr);
    std::fflush(stderr);
}

double posix_now()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void take_text(const char *text, std::size_t size) noexcept { LogLines::instance().take(text, size); }

} // namespace

LogLines &LogLines::instance()
{
    // never destroyed: errlog writes until the very end of the process
    static LogLines *const lines = new LogLines;
    return *lines;
}

bool LogLines::start(bool by_listener)
{
    forked::begin();
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (started)
            return redirected;
        started = true;
    }
    // waits for errlog's thread, which may be in take()
    const bool done = redirected || errlog::redirect(&take_text, by_listener);
    std::lock_guard<std::mutex> guard(mutex);
    redirected = done;
    started = started && done;
    return done;
}

std::vector<LogMessage> LogLines::wait(std::size_t &lost_now)
{
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [this]() { return !started || !messages.empty() || lost > 0u; });
    std::vector<LogMessage> taken(std::make_move_iterator(messages.begin()),
                                  std::make_move_iterator(messages.end()));
    messages.clear();
    lost_now = lost;
    lost = 0u;
    return taken;
}

void LogLines::stop()
{
    if (forked::is_child())
        return;
    errlog::restore();
    std::lock_guard<std::mutex> guard(mutex);
    started = false;
    changed.notify_all();
}

void LogLines::take(const char *text, std::size_t size) noexcept
{
    if (forked::is_child()) { // the lock may have been held
        write_out(text, size);
        return;
    }
    try {
        std::lock_guard<std::mutex> guard(mutex);
        part.append(text, size);
        if (part.empty() || part.back() != '\n')
            return;
        put(part);
        part.clear();
    } catch (std::exception &) {
        write_out(text, size); // out of memory
    }
}

void LogLines::put(const std::string &message)
{
    auto parsed = started ? LogMessage::parse(message) : std::nullopt;
    if (!parsed) {
        write_out(message.data(), message.size());
    } else if (messages.size() >= limit) {
        lost++;
    } else {
        parsed->time = posix_now();
        messages.push_back(std::move(*parsed));
    }
    if (parsed)
        changed.notify_all();
}

} // namespace aiopvxs
