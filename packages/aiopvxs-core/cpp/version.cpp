#include "version.h"

#include <pvxs/version.h>

namespace aiopvxs
{

// Rises with each addition to what Python sees of this module.
constexpr int api_level = 4;
// Rises to the present level whenever something is removed or changes its meaning.
constexpr int api_oldest = 1;

void register_version(py::module_ &m)
{
    m.attr("VERSION") = AIOPVXS_VERSION;
    m.attr("API_LEVEL") = api_level;
    m.attr("API_OLDEST") = api_oldest;
    m.attr("LINE") = AIOPVXS_LINE;
    m.def(
        "version_str", []() { return std::string(pvxs::version_str()); },
        "Return the name and version of the PVXS library in use.");
    m.def("version_int", &pvxs::version_int, "Return the version of the PVXS library in use as one integer.");
    m.def("version_abi_int", &pvxs::version_abi_int,
          "Return the ABI version of the PVXS library in use as one integer.");
}

} // namespace aiopvxs
