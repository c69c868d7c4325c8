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

// Add to `plan` what assigning a dict or a structure Value to `structure` would store.
void stage_structure(std::vector<Staged> &plan, const pvxs::Value &structure, py::handle object,
                     const Where &where);

} // namespace aiopvxs
