#include "data/register_pickle.h"

#include "data/state.h"

namespace aiopvxs
{

void register_state(py::module_ &m)
{
    m.def("_state_of", &state::of, py::arg("value"),
          "Return (type, content, marked names) of a Value, as plain objects.");
    m.def(
        "_restore_value",
        [](py::handle type, py::handle content, py::handle marked) {
            return PyValue(state::restore(type, content, marked));
        },
        py::arg("type"), py::arg("content"), py::arg("marked"),
        "Return the Value that _state_of() took apart.");
}

} // namespace aiopvxs
