// Converted values that wait to be stored: everything is converted before anything is changed.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// A leaf and what goes into it, checked and of the type in which pvxs stores it.
class Staged
{
public:
    // Convert `object` for the leaf `field`; raises the data errors.
    Staged(pvxs::Value field, py::handle object, const Where &where);
    // A union, Any or array of these, with its new content.
    Staged(pvxs::Value field, pvxs::Value draft);
    // That content, if this is for `leaf`; else nullptr.
    pvxs::Value *draft(const pvxs::Value &leaf);
    // Store and mark. Nothing can fail any more, memory aside.
    void commit();

private:
    // a Value: the content of a compound leaf, in a leaf of the same type
    using Content = std::variant<bool, std::int64_t, std::uint64_t, double, std::string,
                                 pvxs::shared_array<const void>, pvxs::Value>;
    static Content convert(const pvxs::Value &field, py::handle object, const Where &where);

    pvxs::Value field;
    Content content;
};

// Assign to what is at `rest` (which starts with "->" or "[") inside `draft`, a union, Any or array of
// these that nobody else sees: members of unions on the way are selected.
void assign_inside(pvxs::Value &draft, const std::string &rest, py::handle object, const Where &where);

// Add to `plan` what assigning a dict or a structure Value to `structure` would store.
void stage_structure(std::vector<Staged> &plan, const pvxs::Value &structure, py::handle object,
                     const Where &where);

} // namespace aiopvxs
