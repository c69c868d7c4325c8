// JSON text of pvxs values, for the one-line messages of the test programs.
#pragma once

#include <cmath>
#include <cstdio>
#include <sstream>
#include <string>

#include <pvxs/data.h>

namespace peers
{

inline std::string quoted(const std::string &text)
{
    std::string out = "\"";
    for (const char each : text) {
        const auto byte = static_cast<unsigned char>(each);
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += each;
        } else if (byte < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof(escape), "\\u%04x", byte);
            out += escape;
        } else {
            out += each;
        }
    }
    return out + '"';
}

// NaN and Infinity are written as Python's json module reads them.
inline std::string number(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "Infinity" : "-Infinity";
    char text[40];
    std::snprintf(text, sizeof(text), "%.17g", value);
    return text;
}

std::string to_json(const pvxs::Value &value, bool only_marked);

template <typename T, typename Write>
std::string array_json(const pvxs::Value &value, Write write)
{
    std::string out = "[";
    const auto items = value.as<pvxs::shared_array<const T>>();
    for (size_t i = 0; i < items.size(); i++)
        out += (i ? "," : "") + write(items[i]);
    return out + "]";
}

inline std::string array_to_json(const pvxs::Value &value)
{
    const auto element = value.type().scalarOf();
    if (element.kind() == pvxs::Kind::Compound)
        return array_json<pvxs::Value>(value, [](const pvxs::Value &item) { return to_json(item, false); });
    if (element.kind() == pvxs::Kind::String)
        return array_json<std::string>(value, quoted);
    if (element.kind() == pvxs::Kind::Real)
        return array_json<double>(value, number);
    if (element.kind() == pvxs::Kind::Bool)
        return array_json<bool>(value, [](bool item) { return std::string(item ? "true" : "false"); });
    if (element.isunsigned())
        return array_json<uint64_t>(value, [](uint64_t item) { return std::to_string(item); });
    return array_json<int64_t>(value, [](int64_t item) { return std::to_string(item); });
}

inline std::string scalar_to_json(const pvxs::Value &value)
{
    const auto code = value.type();
    if (code.kind() == pvxs::Kind::String)
        return quoted(value.as<std::string>());
    if (code.kind() == pvxs::Kind::Real)
        return number(value.as<double>());
    if (code.kind() == pvxs::Kind::Bool)
        return value.as<bool>() ? "true" : "false";
    return code.isunsigned() ? std::to_string(value.as<uint64_t>()) : std::to_string(value.as<int64_t>());
}

// One JSON value; of a structure, with only_marked, the fields that are marked or hold something marked.
inline std::string to_json(const pvxs::Value &value, bool only_marked)
{
    if (!value)
        return "null";
    const auto code = value.type();
    if (code == pvxs::TypeCode::Struct) {
        std::string out;
        for (const auto &field : value.ichildren()) {
            if (only_marked && !field.isMarked(true, true))
                continue;
            out += (out.empty() ? "" : ",") + quoted(value.nameOf(field)) + ":" +
                   to_json(field, only_marked && !field.isMarked(true, false));
        }
        return "{" + out + "}";
    }
    if (code.isarray())
        return array_to_json(value);
    if (code.kind() == pvxs::Kind::Compound) // union or any: what it holds now
        return to_json(value.as<pvxs::Value>(), false);
    return scalar_to_json(value);
}

// The members of one JSON object, written one after another.
class Object
{
public:
    Object &text(const std::string &key, const std::string &value) { return raw(key, quoted(value)); }
    Object &count(const std::string &key, uint64_t value) { return raw(key, std::to_string(value)); }
    Object &raw(const std::string &key, const std::string &json)
    {
        members += (members.empty() ? "" : ",") + quoted(key) + ":" + json;
        return *this;
    }
    std::string str() const { return "{" + members + "}"; }

private:
    std::string members;
};

} // namespace peers
