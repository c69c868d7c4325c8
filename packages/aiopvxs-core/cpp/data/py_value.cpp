#include "data/py_value.h"

#include <stdexcept>

#include "data/compound.h"

namespace aiopvxs
{

namespace
{

std::string path_below(const pvxs::Value &root, const pvxs::Value &field)
{
    if (!root.valid() || root.equalInst(field))
        return {};
    try {
        return root.nameOf(field);
    } catch (std::logic_error &) {
        return {}; // not below root in one structure: it has no path from there
    }
}

} // namespace

std::string PyValue::path() const
{
    const std::string below = path_below(root, value);
    if (!holder)
        return below;
    std::string above = holder->path() + "->";
    if (holder->value.type() == pvxs::TypeCode::Union) {
        above += selected(holder->value).name;
        if (!below.empty())
            above += ".";
    }
    return above + below;
}

PyValue PyValue::field(pvxs::Value found) const
{
    PyValue result(std::move(found), top());
    result.holder = holder;
    return result;
}

PyValue PyValue::content() const
{
    const pvxs::TypeCode code = value.type();
    if (code != pvxs::TypeCode::Union && code != pvxs::TypeCode::Any)
        return *this;
    PyValue inner(value.as<pvxs::Value>());
    inner.holder = std::make_shared<const PyValue>(*this);
    return inner.content();
}

void PyValue::mark_holders() const
{
    for (const PyValue *above = holder.get(); above; above = above->holder.get()) {
        pvxs::Value field = above->value; // another reference to the same field: mark() is not const
        field.mark();
    }
}

} // namespace aiopvxs
