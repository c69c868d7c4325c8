// What a PVXS peer cannot receive: it would close the connection that brings it, and so take every other
// operation of that connection down, again and again.
#pragma once

#include <string>

#include "python.h"

namespace aiopvxs::sendable
{

// Raise NoConvert, which begins with `subject` (the PV), for a value or type that is nested deeper than PVXS
// decodes. Needs the GIL.
void check_depth(const pvxs::Value &value, const std::string &subject);

// The same for what only PVXS's clients cannot receive: a union or Any that holds another union, or an array
// of structures, unions or Any.
void check_for_clients(const pvxs::Value &value, const std::string &subject);

// What is wrong with it, empty if nothing is. Needs no GIL.
std::string problem_for_clients(const pvxs::Value &value);

void register_sendable(py::module_ &m);

} // namespace aiopvxs::sendable
