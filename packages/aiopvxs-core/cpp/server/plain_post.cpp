#include "server/plain_post.h"

#include <cstring>
#include <optional>

#include "data/convert.h"
#include "data/scalar_in.h"
#include "server/shared_pv.h"

namespace aiopvxs::server
{

namespace
{

const Where where{nullptr, "value", nullptr};

bool is_number(py::handle given)
{
    return PyFloat_CheckExact(given.ptr()) || PyLong_CheckExact(given.ptr()) || PyBool_Check(given.ptr());
}

// No subclass, which may mean more (masks, for one).
bool is_array(py::handle given) { return std::strcmp(Py_TYPE(given.ptr())->tp_name, "numpy.ndarray") == 0; }

// False if the field is not of numbers or one text, or this is no such thing.
bool store(pvxs::Value &field, py::handle given)
{
    const pvxs::TypeCode code = field.type();
    const bool number = code.kind() == pvxs::Kind::Integer || code.kind() == pvxs::Kind::Real ||
                        code.kind() == pvxs::Kind::Bool;
    if (number && !code.isarray())
        return is_number(given) && store_number(field, given, where);
    if (code == pvxs::TypeCode::String ? PyUnicode_CheckExact(given.ptr()) : number && is_array(given)) {
        assign(field, given, where);
        return true;
    }
    return false;
}

bool fits(pvxs::Value &field, py::handle given)
{
    try {
        return store(field, given);
    } catch (py::error_already_set &) {
        return false;
    }
}

bool is_plain(py::handle given) { return is_number(given) || PyUnicode_CheckExact(given.ptr()); }

} // namespace

bool post_plain(SharedPV &pv, py::handle given)
{
    if (is_plain(given)) {
        SharedPV::PlainPost post(pv);
        if (post.value.valid()) {
            if (!fits(post.value, given))
                return false;
            std::optional<py::gil_scoped_release> release;
            if (!post.alone())
                release.emplace();
            post.send();
            return true;
        }
    } else if (!is_array(given)) {
        return false;
    }
    SharedPV::Draft draft = pv.draft();
    if (!draft.value.valid())
        return false;
    pvxs::Value field = draft.value["value"];
    if (!field.valid() || !fits(field, given))
        return false;
    py::gil_scoped_release release;
    return pv.post(std::move(draft)) == SharedPV::Outcome::done;
}

} // namespace aiopvxs::server
