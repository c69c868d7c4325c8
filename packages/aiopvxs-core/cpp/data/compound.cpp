#include "data/compound.h"
#include "data/same_type.h"

namespace aiopvxs
{

Selected selected(const pvxs::Value &field)
{
    auto content = field.as<pvxs::Value>();
    if (!content)
        return {};
    return {field.nameOf(content), std::move(content)};
}

Selected selected(const pvxs::Value &array, const pvxs::Value &element)
{
    if (!element)
        return {};
    pvxs::Value of = array; // another reference to the same array: allocMember() is not const
    const pvxs::Value whole = of.allocMember();
    if (same_type(element, whole)) // no type has a member of its own shape
        return selected(element);
    return {whole.nameOf(element), element};
}

} // namespace aiopvxs
