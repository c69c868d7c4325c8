#include "server/glob.h"

#include <cstddef>

namespace aiopvxs::server
{

namespace
{

// Whether the set that begins at `at`, after its "[", has `character`; `at` goes to after its "]". False and
// `at` as it was if it has no end.
bool in_set(const std::string &pattern, std::size_t &at, char character, bool &ended)
{
    std::size_t next = at;
    const bool inverted = next < pattern.size() && pattern[next] == '!';
    if (inverted)
        next++;
    bool found = false;
    for (bool first = true; next < pattern.size(); first = false) {
        const char low = pattern[next++];
        if (low == ']' && !first) {
            at = next;
            ended = true;
            return found != inverted;
        }
        char high = low;
        if (next + 1 < pattern.size() && pattern[next] == '-' && pattern[next + 1] != ']') {
            high = pattern[next + 1];
            next += 2;
        }
        found = found || (low <= character && character <= high);
    }
    ended = false;
    return false;
}

} // namespace

bool fits(const std::string &name, const std::string &pattern)
{
    std::size_t n = 0, p = 0;
    std::size_t star = std::string::npos, resume = 0; // after the latest "*", and what it has eaten up to
    while (n < name.size()) {
        std::size_t next = p;
        bool same = false;
        if (p < pattern.size() && pattern[p] == '*') {
            star = ++p;
            resume = n;
            continue;
        }
        if (p < pattern.size()) {
            const char wanted = pattern[next++];
            bool ended = false;
            if (wanted == '[')
                same = in_set(pattern, next, name[n], ended);
            if (!ended)
                same = wanted == '?' || wanted == name[n];
        }
        if (same) {
            p = next;
            n++;
        } else if (star != std::string::npos) {
            p = star; // let it eat one more
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        p++;
    return p == pattern.size();
}

} // namespace aiopvxs::server
