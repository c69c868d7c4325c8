// One-line commands in, one-line JSON out.
#pragma once

#include <cstdint>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "json.h"

namespace peers
{

// Words separated by blanks; "…" keeps blanks, with \" \\ \n \t inside.
inline std::vector<std::string> split_words(const std::string &line)
{
    std::vector<std::string> words;
    bool inside = false, open = false;
    for (size_t i = 0; i < line.size(); i++) {
        const char each = line[i];
        if (each == '"') {
            inside = !inside;
        } else if (!inside && (each == ' ' || each == '\t')) {
            open = false;
            continue;
        }
        if (!open)
            words.emplace_back();
        open = true;
        if (each == '"')
            continue;
        if (inside && each == '\\' && i + 1 < line.size()) {
            const char escaped = line[++i];
            words.back() += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
        } else {
            words.back() += each;
        }
    }
    if (inside)
        throw std::invalid_argument("a quotation mark is not closed");
    return words;
}

// Standard output, shared by all threads: whole lines in the order of their numbers.
class Output
{
public:
    void event(const std::string &name, Object object)
    {
        std::lock_guard<std::mutex> guard(mutex);
        write(object.text("event", name).count("n", ++events));
    }
    void reply(const std::string &id, Object object)
    {
        std::lock_guard<std::mutex> guard(mutex);
        write(object.text("reply", id));
    }

private:
    static void write(const Object &object) { std::cout << object.str() << std::endl; }

    std::mutex mutex;
    uint64_t events = 0;
};

inline Output &output()
{
    static Output the_output;
    return the_output;
}

} // namespace peers
