// Why a path leads nowhere, in words.
#pragma once

#include <string>

#include "python.h"

namespace aiopvxs::missing
{

// "struct "alarm_t" has no field 'x'; its fields are severity, status".
std::string text(const pvxs::Value &value, const std::string &path);

// The same about `rest`, a path below `value`, which is part of the path `whole`.
std::string text(const pvxs::Value &value, const std::string &rest, const std::string &whole);

} // namespace aiopvxs::missing
