#include "server/time_stamp.h"

#include <chrono>
#include <cstdint>

namespace aiopvxs::server
{

namespace
{

bool is_whole_number(const pvxs::Value &field)
{
    return field.type().kind() == pvxs::Kind::Integer && !field.type().isarray();
}

} // namespace

TimeFields::TimeFields(const pvxs::Value &time)
{
    if (time.type() != pvxs::TypeCode::Struct)
        return;
    pvxs::Value whole = time["secondsPastEpoch"];
    pvxs::Value fraction = time["nanoseconds"];
    if (!is_whole_number(whole) || !is_whole_number(fraction))
        return; // a field of that name, but not a time
    seconds = whole;
    nanoseconds = fraction;
}

void TimeFields::set_now()
{
    if (!seconds.valid())
        return;
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    seconds.from<std::int64_t>(now / 1000000000);
    nanoseconds.from<std::int64_t>(now % 1000000000);
}

void TimeFields::copy(const TimeFields &from)
{
    if (!seconds.valid())
        return;
    seconds.assign(from.seconds);
    nanoseconds.assign(from.nanoseconds);
}

void stamp(pvxs::Value &value)
{
    const pvxs::Value time = value["timeStamp"];
    if (!time.isMarked(true, true))
        TimeFields(time).set_now();
}

} // namespace aiopvxs::server
