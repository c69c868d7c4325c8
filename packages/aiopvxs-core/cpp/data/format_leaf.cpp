#include "data/format_leaf.h"

#include <cstdio>

#include "data/element.h"
#include "data/text.h"

namespace aiopvxs
{

std::string quoted(const std::string &text)
{
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\' || c == '\'' || c == '"') {
            result += {'\\', c};
        } else if (byte >= 7 && byte <= 13) {
            static const char order[] = "abtnvfr"; // of the control characters 7 to 13
            result += {'\\', order[byte - 7]};
        } else if (byte < ' ' || byte == 0x7f) {
            char hex[8];
            std::snprintf(hex, sizeof(hex), "\\x%02x", byte);
            result += hex;
        } else {
            result += c;
        }
    }
    return result + "\"";
}

namespace
{

template <typename T>
std::string element_text(const T &element)
{
    if constexpr (std::is_same_v<T, bool>)
        return element ? "true" : "false";
    else if constexpr (std::is_same_v<T, std::string>)
        return quoted(element);
    else if constexpr (std::is_floating_point_v<T>)
        return float_text(element, sizeof(T) == 4);
    else
        return std::to_string(element);
}

template <typename T>
std::string array_text(const pvxs::shared_array<const void> &array, size_t limit)
{
    const auto *data = static_cast<const T *>(array.data());
    std::string text = "{" + std::to_string(array.size()) + "}[";
    for (size_t i = 0; i < array.size(); i++) {
        if (i)
            text += ", ";
        if (limit && i == limit) {
            text += "...";
            break;
        }
        text += element_text(data[i]);
    }
    return text + "]";
}

} // namespace

std::string array_text(const pvxs::Value &field, size_t limit)
{
    const auto array = field.as<pvxs::shared_array<const void>>();
    if (array.empty())
        return "{?}[]"; // as pvxs has it: it has forgotten the type
    if (field.type() == pvxs::TypeCode::StringA)
        return array_text<std::string>(array, limit);
    return with_number(field.type(),
                       [&](auto tag) { return array_text<typename decltype(tag)::type>(array, limit); });
}

std::string leaf_text(const pvxs::Value &field, size_t limit)
{
    if (field.type().isarray())
        return array_text(field, limit);
    return field.type() == pvxs::TypeCode::String ? quoted(field.as<std::string>()) : scalar_text(field);
}

} // namespace aiopvxs
