#include "client/request.h"

#include <pvxs/client.h>

namespace aiopvxs
{

namespace
{

std::shared_ptr<Request> finish(const pvxs::Value &value, std::string key, bool exclusive)
{
    auto request = std::make_shared<Request>();
    request->value = value;
    request->key = std::move(key);
    request->exclusive = exclusive;
    return request;
}

} // namespace

std::shared_ptr<Request> Request::build(const std::vector<std::string> &fields,
                                        const std::vector<std::pair<std::string, std::string>> &options,
                                        bool exclusive)
{
    auto builder = pvxs::client::Context::request();
    std::string key = exclusive ? "x" : "s";
    for (const std::string &field : fields) {
        builder.field(field);
        key += '\1' + field;
    }
    for (const auto &[name, setting] : options) {
        builder.record(name, setting);
        key += '\2' + name + '\3' + setting;
    }
    return finish(builder.build(), std::move(key), exclusive);
}

std::shared_ptr<Request> Request::parse(const std::string &expression, bool exclusive)
{
    auto builder = pvxs::client::Context::request();
    builder.pvRequest(expression);
    return finish(builder.build(), (exclusive ? "x\4" : "s\4") + expression, exclusive);
}

} // namespace aiopvxs
