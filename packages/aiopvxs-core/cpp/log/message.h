// One message of PVXS, as it is in EPICS errlog.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace aiopvxs
{

struct LogMessage {
    int level = 0;    // of pvxs::Level: 10 (critical) to 50 (debug)
    std::string name; // of its logger
    std::string text; // without the prefix and the newline at its end
    std::string line; // all of it, as errlog has it
    double time = 0;  // POSIX seconds, when it was taken

    // Read "2026-01-31T12:00:00.123456789 WARN pvxs.client.io text\n", which is what pvxs's log.cpp writes,
    // and "libevent ERR: text\n". Nothing for a message that is not of PVXS.
    static std::optional<LogMessage> parse(std::string_view from);
};

} // namespace aiopvxs
