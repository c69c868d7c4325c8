// Access security of one server: the guards before its channels.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace aiopvxs::server
{

class Guard;

class Access
{
public:
    // Which rules hold: a decision that was asked for under earlier ones is asked for again.
    std::uint64_t epoch() const noexcept { return current; }
    // Other rules hold, for the handler `key` or, if 0, for all: nothing that was decided counts any more.
    // Returns the guards that had let their client in. Any thread.
    std::vector<std::shared_ptr<Guard>> renew(std::uint64_t key);

    // Refuse what waits for Python: the server is shutting down. False if nothing does.
    bool refuse_all();

    void add(const std::shared_ptr<Guard> &guard);
    void remove(const Guard *guard) noexcept;

private:
    std::vector<std::shared_ptr<Guard>> all();

    std::atomic<std::uint64_t> current{1};
    std::mutex mutex; // nothing else is taken while this is held
    std::map<const Guard *, std::weak_ptr<Guard>> guards;
};

} // namespace aiopvxs::server
