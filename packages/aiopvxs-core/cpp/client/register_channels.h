#pragma once

#include "client/session.h"
#include "python.h"

namespace aiopvxs
{

using SessionClass = py::class_<Session, std::shared_ptr<Session>>;

// Channel handles, and what concerns a whole Context.
void register_channels(py::module_ &m, SessionClass &context);
void register_discovery(py::module_ &m, SessionClass &context);

} // namespace aiopvxs
