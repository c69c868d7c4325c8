#include "log/message.h"

#include <cctype>

#include <pvxs/log.h>

namespace aiopvxs
{

namespace
{

// Digits stand for any digit.
constexpr std::string_view time_shape = "0000-00-00T00:00:00.000000000";

bool begins_with_time(std::string_view text)
{
    if (text.size() < time_shape.size())
        return false;
    for (std::size_t i = 0; i < time_shape.size(); i++) {
        const bool digit = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
        if (time_shape[i] == '0' ? !digit : text[i] != time_shape[i])
            return false;
    }
    return true;
}

// The word that `text` begins with, which is taken off, with the character that ends it.
std::string_view take_word(std::string_view &text, std::string_view ends)
{
    const std::size_t size = text.find_first_of(ends);
    if (size == std::string_view::npos)
        return {};
    std::string_view word = text.substr(0, size);
    text.remove_prefix(size + 1);
    return word;
}

int level_of(std::string_view word)
{
    using pvxs::Level;
    if (word == "CRIT" || word == "Crit")
        return static_cast<int>(Level::Crit);
    if (word == "ERR" || word == "Err")
        return static_cast<int>(Level::Err);
    if (word == "WARN" || word == "Warn")
        return static_cast<int>(Level::Warn);
    if (word == "INFO" || word == "Info")
        return static_cast<int>(Level::Info);
    if (word == "DEBUG" || word == "Debug")
        return static_cast<int>(Level::Debug);
    return 0;
}

} // namespace

std::optional<LogMessage> LogMessage::parse(std::string_view from)
{
    LogMessage message;
    std::string_view rest = from;
    if (rest.substr(0, 9) == "libevent ") { // what the event loop of PVXS says
        rest.remove_prefix(9);
        message.level = level_of(take_word(rest, ":"));
        message.name = "pvxs.ev";
    } else if (begins_with_time(rest)) {
        rest.remove_prefix(time_shape.size());
        if (rest.empty() || rest.front() != ' ')
            return std::nullopt;
        rest.remove_prefix(1);
        message.level = level_of(take_word(rest, " "));
        message.name = take_word(rest, " \n");
    }
    if (message.level == 0 || message.name.empty())
        return std::nullopt;
    // a long prefix is followed by a new line and spaces
    const std::size_t begin = rest.find_first_not_of(" \n");
    rest.remove_prefix(begin == std::string_view::npos ? rest.size() : begin);
    const std::size_t last = rest.find_last_not_of('\n');
    message.text = rest.substr(0, last == std::string_view::npos ? 0u : last + 1u);
    message.line = from;
    return message;
}

} // namespace aiopvxs
