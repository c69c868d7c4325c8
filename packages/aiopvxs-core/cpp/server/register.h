#pragma once

#include "python.h"

namespace aiopvxs
{

void register_server(py::module_ &m);

namespace server
{

void register_shared_pv(py::module_ &m);
void register_source(py::module_ &m);
void register_asking_source(py::module_ &m);
void register_access(py::module_ &m);
void register_running(py::module_ &m);

} // namespace server

} // namespace aiopvxs
