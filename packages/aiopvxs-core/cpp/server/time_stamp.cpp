#include "server/time_stamp.h"

#include <chrono>
#include <cstdint>

namespace aiopvxs::server
{

void stamp(pvxs::Value &value)
{
    pvxs::Value time = value["timeStamp"];
    if (time.type() != pvxs::TypeCode::Struct || time.isMarked(true, true))
        return;
    pvxs::Value seconds = time["secondsPastEpoch"];
    pvxs::Value fraction = time["nanoseconds"];
    if (seconds.type().kind() != pvxs::Kind::Integer || seconds.type().isarray() ||
        fraction.type().kind() != pvxs::Kind::Integer || fraction.type().isarray())
        return; // a field of that name, but not a time
    auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count();
    seconds.from<std::int64_t>(now / 1000000000);
    fraction.from<std::int64_t>(now % 1000000000);
}

} // namespace aiopvxs::server
