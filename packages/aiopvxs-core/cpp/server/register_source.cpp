#include "server/register.h"
#include "server/source.h"

namespace aiopvxs::server
{

void register_source(py::module_ &m)
{
    py::class_<Source, std::shared_ptr<Source>>(m, "Source", "A table of PVs by name.",
                                                py::release_gil_before_calling_cpp_dtor())
        .def(py::init<bool>(), py::arg("hidden") = false,
             "Make one; what is hidden is served, but neither found nor listed.")
        .def("add", &Source::add, py::arg("name"), py::arg("handler"),
             py::call_guard<py::gil_scoped_release>(), "Serve a PV; False if the name is taken.")
        .def("remove", &Source::remove, py::arg("name"), py::call_guard<py::gil_scoped_release>(),
             "Forget a PV and disconnect its clients in the background; False if there is none.")
        .def("names", &Source::names, py::call_guard<py::gil_scoped_release>(),
             "Return the names of the PVs, sorted.");
}

} // namespace aiopvxs::server
