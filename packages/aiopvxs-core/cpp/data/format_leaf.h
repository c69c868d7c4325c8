// Leaves as text, for the formats that show structures too.
#pragma once

#include <string>

#include "python.h"

namespace aiopvxs
{

// In quotes, with the escapes of C; bytes beyond ASCII stay, for they are letters of UTF-8.
std::string quoted(const std::string &text);

// "{3}[1, 2, 3]" of a bool, numeric or string array; with a limit (not 0), "..." stands for elements beyond
// it.
std::string array_text(const pvxs::Value &field, size_t limit = 0);

// The same, and of a scalar its text; a string in quotes.
std::string leaf_text(const pvxs::Value &field, size_t limit = 0);

} // namespace aiopvxs
