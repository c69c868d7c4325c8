#include "data/py_value.h"

#include <stdexcept>

namespace aiopvxs
{

std::string PyValue::path() const
{
    if (!root.valid() || root.equalInst(value))
        return {};
    try {
        return root.nameOf(value);
    } catch (std::logic_error &) {
        return {}; // not below root in one structure: it has no path from there
    }
}

} // namespace aiopvxs
