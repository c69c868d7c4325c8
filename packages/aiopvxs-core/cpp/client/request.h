// A pvRequest: which fields, which options. Built once in Python and shared by all operations using it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "python.h"

namespace aiopvxs
{

struct Request {
    pvxs::Value value;
    std::string key; // equal for equal requests
    // The server runs something at each EXEC (record processing): never shared, never sent again.
    bool exclusive = false;

    // `fields` are dotted names; `options` go to record._options as strings.
    static std::shared_ptr<Request> build(const std::vector<std::string> &fields,
                                          const std::vector<std::pair<std::string, std::string>> &options,
                                          bool exclusive);
    // From an expression like "field(value)record[process=true]"; std::runtime_error if it is malformed.
    static std::shared_ptr<Request> parse(const std::string &expression, bool exclusive);
};

} // namespace aiopvxs
