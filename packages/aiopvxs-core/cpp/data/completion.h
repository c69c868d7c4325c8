// What may be typed between the brackets of value["..."].
#pragma once

#include "python.h"

namespace aiopvxs
{

// The names of the fields, and one level below: "alarm.severity", "union->selected", "any->field".
py::list key_completions(const pvxs::Value &value);

} // namespace aiopvxs
