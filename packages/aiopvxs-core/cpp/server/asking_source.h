// A source of PVs that only Python knows.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/executor.h"
#include "server/source.h"

namespace aiopvxs::server
{

// Names and patterns are claimed here; for others Python may be asked, and its answer is there when the
// client searches again. A channel is accepted at once and Python asked what serves it: see Opening.
class AskingSource final : public Source
{
public:
    struct Settings {
        std::uint64_t key = 0; // what executors know it by
        std::vector<std::string> names;
        std::vector<std::string> patterns;
        bool finds = false;        // Python is asked for names that are not among these
        double negative_ttl = 0.0; // how long its "no" is believed, in seconds
        double deny_ttl = 0.0;     // how long a refused client is not accepted again, in seconds
    };

    explicit AskingSource(Settings settings);

    // Python's answer: there is such a PV, or not.
    void found(const std::string &name, bool exists);
    // A client may not have the PV: do not accept it again for a while.
    void deny(const std::string &name, const std::string &account, const std::string &peer);

    void search(Search &search, const std::shared_ptr<Executor> &executor) noexcept override;
    void create(std::unique_ptr<pvxs::server::ChannelControl> &&control,
                const std::shared_ptr<Executor> &executor) noexcept override;
    List onList() override;

private:
    using Clock = std::chrono::steady_clock;
    enum class Answer { asked, no, yes };
    struct Known {
        Answer answer;
        Clock::time_point until; // of a no, and of a question that nobody answers
    };

    bool is_listed(const std::string &name) const;
    // With the mutex held: whether Python says that there is such a PV; `ask` is set if it is to be asked.
    bool is_found(const std::string &name, bool &ask);
    bool is_denied(const pvxs::server::ChannelControl &control);

    const Settings settings;
    const std::shared_ptr<const std::set<std::string>> listed;
    std::mutex mutex;
    std::unordered_map<std::string, Known> known;
    std::map<std::string, Clock::time_point> denied; // by name, account and host
};

} // namespace aiopvxs::server
