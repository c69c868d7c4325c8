#pragma once

#include <pvxs/data.h>

namespace aiopvxs::server
{

// Set `timeStamp` (the normative time_t) to the present time, if the type has it and nothing in it is
// marked.
void stamp(pvxs::Value &value);

// The two numbers of `timeStamp`, looked up once for many settings.
class TimeFields
{
public:
    TimeFields() = default;
    // None if `time` is not a time_t.
    explicit TimeFields(const pvxs::Value &time);
    void set_now();
    // Of two values of one type.
    void copy(const TimeFields &from);

private:
    pvxs::Value seconds, nanoseconds;
};

} // namespace aiopvxs::server
