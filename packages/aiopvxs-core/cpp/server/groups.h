// The groups that the account of a client has on this machine.
#pragma once

#include <pvxs/source.h>

#include "python.h"

namespace aiopvxs::server
{

// Sorted. Asks the system's user database, which may take long: without the GIL, and one thread at a time,
// for PVXS asks it by getpwnam() and getgrgid(), whose results two threads would share. With the GIL.
py::list groups_of(const pvxs::server::ClientCredentials &client);

} // namespace aiopvxs::server
