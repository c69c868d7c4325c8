// Text of fields: bytes of the wire to str and back, and numbers as pvxs prints them.
#pragma once

#include <string>

#include "data/convert.h"
#include "python.h"

namespace aiopvxs
{

// "%g" with as many digits as are needed to read back the same number, six at least (pvxs's own).
std::string float_text(double number, bool single);

// The text of a scalar of any type; a string is itself.
std::string scalar_text(const pvxs::Value &field);

} // namespace aiopvxs
