#include "data/marks.h"

#include "data/convert.h"
#include "data/layout.h"

namespace aiopvxs::marks
{

namespace
{

void add_names(py::set &names, const pvxs::Value &structure, const std::string &prefix, bool marked)
{
    const auto layout = Layout::of(structure);
    auto known = layout->fields.begin();
    for (const pvxs::Value &field : structure.ichildren()) {
        const Layout::Field &name = *known++;
        const bool whole = marked || field.isMarked(false, false);
        if (name.inner && name.inner->fields.size())
            add_names(names, field, prefix + name.name + ".", whole);
        else if (whole)
            names.add(decode(prefix + name.name));
    }
}

// Replace a mark on a structure by marks on what is in it, so that one of them can be removed.
void spread(pvxs::Value structure)
{
    const bool marked = structure.isMarked(false, false);
    for (pvxs::Value field : structure.ichildren()) {
        if (marked)
            field.mark();
        if (field.type() == pvxs::TypeCode::Struct && field.nmembers())
            spread(field);
    }
    structure.mark(false);
}

} // namespace

py::set names(const pvxs::Value &structure)
{
    py::set result;
    if (structure.type() == pvxs::TypeCode::Struct)
        add_names(result, structure, "", structure.isMarked(true, false));
    return result;
}

void set(pvxs::Value field)
{
    field.mark();
    if (field.type() == pvxs::TypeCode::Struct && field.nmembers())
        spread(field);
}

void clear(pvxs::Value top, pvxs::Value field)
{
    if (field.isMarked(true, false) && top.type() == pvxs::TypeCode::Struct)
        spread(top);
    field.unmark(false, true);
}

} // namespace aiopvxs::marks
