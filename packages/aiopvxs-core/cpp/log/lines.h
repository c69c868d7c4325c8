// What comes out of EPICS errlog: messages of PVXS wait here for Python, all else goes to stderr at once.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "log/message.h"

namespace aiopvxs
{

// One for the process. While nobody waits for messages, before start() and after stop(), they go to stderr
// too.
class LogLines
{
public:
    // Beyond so many the newest are counted only.
    static constexpr std::size_t limit = 10000u;

    static LogLines &instance();

    // Keep messages for wait(). False where PVXS's messages cannot be had, and stay on stderr. Without the
    // GIL.
    bool start(bool by_listener);
    // Wait for messages, and take them all; empty once stopped and taken. `lost`: how many came when there
    // were too many. Without the GIL.
    std::vector<LogMessage> wait(std::size_t &lost);
    // Let what follows go to stderr; what is there already can still be taken. Without the GIL.
    void stop();

    // Text from errlog, on any thread: see errlog::Take.
    void take(const char *text, std::size_t size) noexcept;

private:
    LogLines() = default;

    void put(const std::string &message);

    std::mutex mutex;
    std::condition_variable changed;
    std::string part; // of a message whose end has not come
    std::deque<LogMessage> messages;
    std::size_t lost = 0;
    bool started = false;
    bool redirected = false;
};

} // namespace aiopvxs
