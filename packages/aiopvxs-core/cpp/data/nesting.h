// How deep values may be nested in one another.
//
// Copying, comparing, sending and ending a value go down into it by recursion; an Any can hold a
// structure with an Any, and so on without end. A limit far above what anybody needs keeps all of these
// from running out of stack.
#pragma once

#include "data/where.h"
#include "python.h"

namespace aiopvxs::nesting
{

constexpr int most = 200;

// One more level of a conversion, as long as this lives. Raises NoConvert beyond the limit.
class Level
{
public:
    explicit Level(const Where &where);
    ~Level();
    Level(const Level &) = delete;
    Level &operator=(const Level &) = delete;
};

// Raise NoConvert if a copy of `value`, put where the conversion is now, would be beyond the limit.
void check(const pvxs::Value &value, const Where &where);

} // namespace aiopvxs::nesting
