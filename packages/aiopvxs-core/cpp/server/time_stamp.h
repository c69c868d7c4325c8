#pragma once

#include <pvxs/data.h>

namespace aiopvxs::server
{

// Set `timeStamp` (the normative time_t) to the present time, if the type has it and nothing in it is
// marked.
void stamp(pvxs::Value &value);

} // namespace aiopvxs::server
