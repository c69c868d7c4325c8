#include "data/clone.h"

#include "data/compound.h"
#include "data/same_type.h"

namespace aiopvxs
{

namespace
{

void copy_selected(pvxs::Value &target, const Selected &from)
{
    if (from.name.empty())
        return;
    // by name: pvxs's own assignment takes the first member of an equal type
    auto to = target.lookup("->" + from.name);
    copy_content(to, from.content);
    target.mark();
}

void copy_union(pvxs::Value &target, const pvxs::Value &source)
{
    const Selected from = selected(source); // held, for source and target may be one
    if (from.name.empty())
        target.from(pvxs::unselect);
    else
        copy_selected(target, from); // in place where the member stays the same: others may see it
}

void copy_any(pvxs::Value &target, const pvxs::Value &source)
{
    const auto from = source.as<pvxs::Value>();
    if (!from) {
        target.from(pvxs::unselect);
        return;
    }
    auto present = target.as<pvxs::Value>();
    if (present && present.id() == from.id() && same_type(present, from)) {
        copy_content(present, from); // in place: others may see it
        target.mark();
    } else {
        target.from(deep_clone(from));
    }
}

void set_element(pvxs::Value &element, const pvxs::Value &array, const pvxs::Value &from)
{
    if (array.type() == pvxs::TypeCode::UnionA)
        copy_selected(element, selected(array, from));
    else
        copy_content(element, from);
}

void copy_compound_array(pvxs::Value &target, const pvxs::Value &source)
{
    const auto from = elements(source);
    pvxs::shared_array<pvxs::Value> to(from.size());
    for (size_t i = 0; i < from.size(); i++) {
        if (!from[i])
            continue;
        if (source.type() == pvxs::TypeCode::AnyA) {
            to[i] = deep_clone(from[i]);
        } else {
            to[i] = target.allocMember();
            set_element(to[i], source, from[i]);
        }
    }
    target.from(to.freeze());
}

void merge_marked(pvxs::Value &target, const pvxs::Value &source, bool marked)
{
    marked = marked || source.isMarked(false, false);
    if (source.type() != pvxs::TypeCode::Struct) {
        if (marked)
            copy_leaf(target, source);
        return;
    }
    if (!marked && !source.isMarked(false, true))
        return;
    auto to = target.ichildren().begin();
    for (const pvxs::Value &from : source.ichildren()) {
        pvxs::Value field = *to;
        ++to;
        merge_marked(field, from, marked);
    }
    if (marked && source.nmembers() == 0)
        target.mark();
}

} // namespace

void copy_content(pvxs::Value &target, const pvxs::Value &source)
{
    if (source.type() != pvxs::TypeCode::Struct) {
        copy_leaf(target, source);
    } else {
        auto to = target.iall().begin();
        for (const pvxs::Value &from : source.iall()) {
            pvxs::Value field = *to;
            ++to;
            if (from.type() != pvxs::TypeCode::Struct)
                copy_leaf(field, from);
            field.mark(from.isMarked(false, false));
        }
    }
    target.mark(source.isMarked(false, false));
}

pvxs::Value copy_element(const pvxs::Value &array, const pvxs::Value &element)
{
    if (!element || array.type() == pvxs::TypeCode::AnyA)
        return deep_clone(element);
    pvxs::Value of = array; // another reference to the same array: allocMember() is not const
    pvxs::Value copy =
        of.allocMember().cloneEmpty(); // that it is not in the array is why it marks nothing there
    set_element(copy, array, element);
    return copy;
}

void copy_leaf(pvxs::Value &target, const pvxs::Value &source)
{
    switch (source.type().code) {
    case pvxs::TypeCode::Union:
        return copy_union(target, source);
    case pvxs::TypeCode::Any:
        return copy_any(target, source);
    case pvxs::TypeCode::StructA:
    case pvxs::TypeCode::UnionA:
    case pvxs::TypeCode::AnyA:
        return copy_compound_array(target, source);
    default:
        target.assign(source);
    }
}

pvxs::Value deep_clone(const pvxs::Value &source)
{
    pvxs::Value copy = source.cloneEmpty();
    if (source)
        copy_content(copy, source);
    return copy;
}

pvxs::Value copy_of_marked(const pvxs::Value &source)
{
    pvxs::Value copy = source.cloneEmpty();
    merge(copy, source);
    return copy;
}

bool shares_parts(const pvxs::Value &type)
{
    const pvxs::TypeCode code = type.type();
    if (code != pvxs::TypeCode::Struct)
        return code.kind() == pvxs::Kind::Compound;
    for (const pvxs::Value &field : type.iall()) {
        const pvxs::TypeCode inner = field.type();
        if (inner != pvxs::TypeCode::Struct && inner.kind() == pvxs::Kind::Compound)
            return true;
    }
    return false;
}

void merge(pvxs::Value &target, const pvxs::Value &source)
{
    merge_marked(target, source, source.isMarked(true, false));
}

} // namespace aiopvxs
