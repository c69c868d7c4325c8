// Prints the names that a server lists.
//
//   names ADDRESS

#include <iostream>

#include <pvxs/client.h>

#include "json.h"

int main(int argc, char *argv[])
{
    if (argc != 2)
        return 2;
    std::cout << "{\"event\":\"ready\"}" << std::endl;
    auto context = pvxs::client::Context::fromEnv();
    auto reply = context.rpc("server").server(argv[1]).arg("op", "channels").exec()->wait(10.0);
    std::cout << peers::Object().raw("names", peers::to_json(reply["value"], false)).str() << std::endl;
    return 0;
}
