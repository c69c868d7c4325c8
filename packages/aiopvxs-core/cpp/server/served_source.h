// A source as one server has it.
#pragma once

#include <memory>
#include <utility>

#include "server/executor.h"
#include "server/source.h"

namespace aiopvxs::server
{

// A Source may belong to several servers, and pvxs does not say for which of them it is asked: what the
// channels of one server need goes through here.
class ServedSource final : public pvxs::server::Source
{
public:
    ServedSource(std::shared_ptr<aiopvxs::server::Source> of, std::shared_ptr<Executor> with)
        : source(std::move(of)), executor(std::move(with))
    {
    }

    void onSearch(Search &search) override { source->search(search, executor); }
    void onCreate(std::unique_ptr<pvxs::server::ChannelControl> &&control) override
    {
        source->create(std::move(control), executor);
    }
    List onList() override { return source->onList(); }

private:
    const std::shared_ptr<aiopvxs::server::Source> source;
    const std::shared_ptr<Executor> executor;
};

} // namespace aiopvxs::server
