// The reference server of the benchmark: writable pvxs PVs, as a user would serve them.
//
//   bench_server SCALARS LENGTH…: bench:scalar:0 … and one double array bench:array:LENGTH for each length,
//   and the PVs of posting.h
//
// Prints the client's configuration as one JSON line; ends with its standard input. A line "post RATE" there
// is answered when updates are posted so (see posting.h).

#include <cstdlib>
#include <iostream>
#include <string>

#include <pvxs/client.h>
#include <pvxs/nt.h>
#include <pvxs/server.h>
#include <pvxs/sharedpv.h>

#include "lines.h"
#include "posting.h"

namespace
{

void serve(pvxs::server::Server &server, const std::string &name, const pvxs::Value &initial)
{
    auto pv = pvxs::server::SharedPV::buildMailbox();
    pv.open(initial); // before addPV(): see SharedPV's locking
    server.addPV(name, pv);
}

void serve_all(pvxs::server::Server &server, int argc, char *argv[])
{
    const auto scalars = std::stoul(argc > 1 ? argv[1] : "1");
    auto scalar = pvxs::nt::NTScalar{pvxs::TypeCode::Float64}.create();
    for (size_t i = 0; i < scalars; i++) {
        scalar["value"] = static_cast<double>(i);
        serve(server, "bench:scalar:" + std::to_string(i), scalar.clone());
    }
    for (int i = 2; i < argc; i++) {
        auto array = pvxs::nt::NTScalar{pvxs::TypeCode::Float64A}.create();
        pvxs::shared_array<double> items(std::stoul(argv[i]), 1.5);
        array["value"] = items.freeze();
        serve(server, std::string("bench:array:") + argv[i], array);
    }
}

} // namespace

int main(int argc, char *argv[])
{
    auto server = pvxs::server::Config::isolated().build();
    serve_all(server, argc, argv);
    bench::Posting posting(server);
    server.start();

    pvxs::client::Config::defs_t definitions;
    server.clientConfig().updateDefs(definitions);
    peers::Object config;
    for (const auto &each : definitions)
        config.text(each.first, each.second);
    peers::output().event("ready", peers::Object().raw("config", config.str()));

    for (std::string line; std::getline(std::cin, line);) {
        try {
            posting.rate(peers::split_words(line).at(1));
            peers::output().event("done", peers::Object());
        } catch (std::exception &caught) {
            peers::output().event("failed", peers::Object().text("error", caught.what()));
        }
    }
    posting.rate("rest");
    server.stop();
    return 0;
}
