// What most posts are: a number, a text or an array for the field "value".
#pragma once

#include "python.h"

namespace aiopvxs::server
{

class SharedPV;

// Post it, with the present time; false if it is something else or does not fit, and then nothing has
// happened: what it is, and what is wrong with it, is for others to say.
bool post_plain(SharedPV &pv, py::handle given);

} // namespace aiopvxs::server
