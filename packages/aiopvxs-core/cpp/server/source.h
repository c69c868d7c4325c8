// The PVs of a server: a table from names to handlers that answers searches without Python.
#pragma once

#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <pvxs/source.h>

#include "server/executor.h"
#include "server/handler.h"

namespace aiopvxs::server
{

class Source : public pvxs::server::Source
{
public:
    // What is hidden is served, but neither found nor listed.
    explicit Source(bool hidden = false) : hidden(hidden) {}
    // False if the name is taken.
    bool add(const std::string &name, const std::shared_ptr<Handler> &handler);
    // Forget a PV and close its clients' channels (in the background); false if there is none.
    bool remove(const std::string &name);
    // Sorted.
    std::vector<std::string> names() const;

    // Accept a client's channel if its PV is here. On the worker, in onCreate.
    virtual void create(std::unique_ptr<pvxs::server::ChannelControl> &&control,
                        const std::shared_ptr<Executor> &executor) noexcept;
    // Claim the PVs that are here. On a worker; several at once, of one server or of many.
    virtual void search(Search &search, const std::shared_ptr<Executor> &executor) noexcept;

    // As these, where no handlers run.
    void onSearch(Search &search) override;
    void onCreate(std::unique_ptr<pvxs::server::ChannelControl> &&control) override;
    List onList() override;

private:
    void accept(std::unique_ptr<pvxs::server::ChannelControl> &&control,
                const std::shared_ptr<Handler> &handler, const std::shared_ptr<Executor> &executor);

    const bool hidden;
    mutable std::shared_mutex mutex; // taken before any mutex of a handler
    std::unordered_map<std::string, std::shared_ptr<Handler>> table;
    std::shared_ptr<const std::set<std::string>> list; // for onList, made anew after each change
};

} // namespace aiopvxs::server
