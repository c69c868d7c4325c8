#pragma once

#include <string>

namespace aiopvxs::server
{

// Whether all of `name` fits a pattern: `*` any text, `?` any character, `[abc]`, `[a-z]` and `[!abc]` one of
// (none of) these; a `[` without its `]` stands for itself.
bool fits(const std::string &name, const std::string &pattern);

} // namespace aiopvxs::server
