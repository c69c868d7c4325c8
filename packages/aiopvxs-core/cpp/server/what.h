#pragma once

#include <exception>
#include <string>

namespace aiopvxs::server
{

// What a client is told whose request was forgotten.
constexpr const char *dropped = "The server dropped the request without answering it";
constexpr const char *shutting_down = "The server is shutting down";

// The text of a C++ exception, never empty: pvxs refuses to send an empty error.
inline std::string what(const std::exception_ptr &error)
{
    std::string text;
    try {
        std::rethrow_exception(error);
    } catch (std::exception &e) {
        text = e.what();
    } catch (...) {
        text = "The server failed for a reason that it does not know";
    }
    return text.empty() ? "The server failed without saying why" : text;
}

} // namespace aiopvxs::server
