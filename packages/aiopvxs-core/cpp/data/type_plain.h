// Definitions of types as plain lists and strings, such as JSON and pickles carry.
//
// A type is pvxs's name of it ("double", "int32_t[]"); of a structure or union, and of arrays of these, the
// list [kind, id, [[name, type], ...]].
#pragma once

#include "data/type_def.h"
#include "python.h"

namespace aiopvxs::type_plain
{

py::object from(const MemberDef &definition);

// The definition of a type of that name, "" for one that is no member. Takes the names of TypeCodeEnum and
// all else that is a type code, too. Raises ValueError, with the place in `spec`, for anything malformed.
MemberDef::Ptr of(py::handle spec, const std::string &name = {});

} // namespace aiopvxs::type_plain
