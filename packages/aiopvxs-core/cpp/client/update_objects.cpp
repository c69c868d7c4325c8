#include "client/update_objects.h"

#include "data/py_value.h"

namespace aiopvxs
{

UpdateQueue::Items take_items(Subscription &from, std::size_t limit, std::size_t bytes)
{
    if (!from.copies() && !from.blocks())
        return from.take(limit, bytes);
    py::gil_scoped_release release;
    return from.take(limit, bytes);
}

py::object to_python(UpdateQueue::Item &&item, const std::shared_ptr<Returns> &returns)
{
    if (item.value)
        return py::cast(PyValue(std::move(item.value), item.small ? returns : nullptr));
    return py::cast(std::move(*item.event));
}

bool is_value(const py::object &item)
{
    static PyTypeObject *const type =
        reinterpret_cast<PyTypeObject *>(py::type::of<PyValue>().inc_ref().ptr());
    return Py_TYPE(item.ptr()) == type;
}

} // namespace aiopvxs
