// Fields by path. Never through pvxs's non-const lookup, which selects members of unions on its way.
#pragma once

#include <string>

#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// The field of that path, Null if there is none.
pvxs::Value find(const pvxs::Value &value, const std::string &path);

// True for a path through a union, an Any or an element of an array.
bool leaves_structure(const std::string &path);

// The field of that path, to be written to; raises FieldLookupError, or NoConvert for a path that leaves
// the structure.
pvxs::Value writable(const pvxs::Value &value, const std::string &path, const Where &where);

// "struct "alarm_t" has no field 'x'; its fields are severity, status, message".
[[noreturn]] void raise_missing(const pvxs::Value &value, const std::string &path);
std::string missing_text(const pvxs::Value &value, const std::string &path);

} // namespace aiopvxs
