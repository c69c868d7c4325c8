#include "client/maintenance.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "client/session.h"
#include "forked.h"

namespace aiopvxs::maintenance
{

namespace
{

// Keeps the worker of a Context inside a callback, if it comes to that within 2 s.
class Halt
{
public:
    explicit Halt(pvxs::client::Context &context)
    {
        // pvxs parses the address on the worker, finds that it is none, and says so in the callback
        operation = context.get("-")
                        .server("[")
                        .syncCancel(false)
                        .result([of = state](pvxs::client::Result &&) noexcept { of->stay(); })
                        .exec();
        std::unique_lock<std::mutex> lock(state->mutex);
        state->changed.wait_for(lock, std::chrono::seconds(2), [this]() { return state->halted; });
    }
    ~Halt()
    {
        std::lock_guard<std::mutex> guard(state->mutex);
        state->go_on = true;
        state->changed.notify_all();
    }
    Halt(const Halt &) = delete;
    Halt &operator=(const Halt &) = delete;

private:
    struct State {
        void stay()
        {
            std::unique_lock<std::mutex> lock(mutex);
            halted = true;
            changed.notify_all();
            changed.wait(lock, [this]() { return go_on; });
        }
        std::mutex mutex;
        std::condition_variable changed;
        bool halted = false;
        bool go_on = false;
    };

    const std::shared_ptr<State> state = std::make_shared<State>();
    std::shared_ptr<pvxs::client::Operation> operation;
};

} // namespace

std::optional<pvxs::client::Report> report(Session &session)
{
    forked::check();
    Use use(session.uses());
    if (!use)
        return std::nullopt;
    return session.context().report(false);
}

bool hurry_up(Session &session)
{
    forked::check();
    Use use(session.uses());
    if (use)
        session.context().hurryUp();
    return bool(use);
}

bool cache_clear(Session &session, const std::string &pv)
{
    forked::check();
    Use use(session.uses());
    if (use) {
        session.drop_unused(pv);
        session.context().cacheClear(pv);
    }
    return bool(use);
}

bool ignore_servers(Session &session, const std::vector<pvxs::ServerGUID> &guids)
{
    forked::check();
    Use use(session.uses());
    if (use) {
        // pvxs changes the list on its UDP worker, while the Context's own may be reading it: this one
        // has to stand still meanwhile. The other waits for nothing that it would do.
        Halt halt(session.context());
        session.context().ignoreServerGUIDs(guids);
    }
    return bool(use);
}

} // namespace aiopvxs::maintenance
