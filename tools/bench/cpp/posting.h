// PVs of the reference server whose updates are numbered, posted by a thread of their own while told to.
#pragma once

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <pvxs/nt.h>
#include <pvxs/server.h>
#include <pvxs/sharedpv.h>

namespace bench
{

// bench:many:0 … bench:many:99 and bench:one. How fast they are posted is said by `rate`: all of the many
// in turns, "flood" as fast as can be, "many" 10,000 updates a second together; "one" 2,000 a second of
// bench:one; "rest" none.
class Posting
{
public:
    static constexpr std::size_t width = 100u;

    explicit Posting(pvxs::server::Server &server)
    {
        for (std::size_t i = 0; i < width; i++)
            many.push_back(serve(server, "bench:many:" + std::to_string(i)));
        one.push_back(serve(server, "bench:one"));
    }
    ~Posting() { rest(); }

    void rate(const std::string &which)
    {
        rest();
        if (which == "rest")
            return;
        if (which == "flood")
            start(many, 0.0);
        else if (which == "many")
            start(many, 10000.0);
        else if (which == "one")
            start(one, 2000.0);
        else
            throw std::invalid_argument("no rate is called \"" + which + "\"");
    }

private:
    struct Posted {
        pvxs::server::SharedPV pv;
        pvxs::Value update;
        double number = 0.0;

        void post()
        {
            update["value"] = ++number;
            pv.post(update);
        }
    };

    static Posted serve(pvxs::server::Server &server, const std::string &name)
    {
        Posted made{pvxs::server::SharedPV::buildReadonly(),
                    pvxs::nt::NTScalar{pvxs::TypeCode::Float64}.create()};
        made.update["value"] = 0.0;
        made.pv.open(made.update); // before addPV(): see SharedPV's locking
        server.addPV(name, made.pv);
        made.update = made.update.cloneEmpty();
        return made;
    }

    void start(std::vector<Posted> &which, double per_second)
    {
        stop = false;
        thread = std::thread([this, &which, per_second]() { run(which, per_second); });
    }

    void rest()
    {
        stop = true;
        if (thread.joinable())
            thread.join();
    }

    // In steps of a millisecond, or without pause.
    void run(std::vector<Posted> &which, double per_second)
    {
        using clock = std::chrono::steady_clock;
        const auto begin = clock::now();
        std::size_t next = 0u;
        for (double step = 1.0; !stop; step += 1.0) {
            const auto due =
                per_second > 0.0 ? static_cast<std::size_t>(step * per_second / 1e3) : next + which.size();
            for (; next < due; next++)
                which[next % which.size()].post();
            if (per_second > 0.0)
                std::this_thread::sleep_until(begin + std::chrono::milliseconds(static_cast<long>(step)));
            else
                std::this_thread::yield();
        }
    }

    std::vector<Posted> many;
    std::vector<Posted> one;
    std::atomic<bool> stop{true};
    std::thread thread;
};

} // namespace bench
