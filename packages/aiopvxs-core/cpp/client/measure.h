// How much memory the arrays of a value take: what a kept operation keeps besides its small change.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "python.h"

namespace aiopvxs
{

// Paths of the fields of this type that may hold much: arrays, unions, Any.
std::vector<std::string> large_fields(const pvxs::Value &type);

// Bytes in those fields of a value of that type, nested values included.
std::size_t measure(const pvxs::Value &value, const std::vector<std::string> &fields);

// The same of those fields that are marked.
std::size_t measure_marked(const pvxs::Value &value, const std::vector<std::string> &fields);

} // namespace aiopvxs
