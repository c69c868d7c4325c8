#include "server/access_rules.h"

#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <sstream>
#include <stdexcept>

#include <asLib.h>
#include <macLib.h>

#include "forked.h"
#include "libcom.h"

namespace aiopvxs::server
{

namespace
{

using Listener = void (*)(void *, const char *);

struct AsLib {
    int *active = libcom::find<int *>("asActive");
    int *check_address = libcom::find<int *>("asCheckClientIP");
    volatile ASBASE **base = libcom::find<volatile ASBASE **>("pasbase");
    decltype(&asInitMem) init = libcom::find<decltype(&asInitMem)>("asInitMem");
    decltype(&asAddMember) add_member = libcom::find<decltype(&asAddMember)>("asAddMember");
    decltype(&asRemoveMember) remove_member = libcom::find<decltype(&asRemoveMember)>("asRemoveMember");
    decltype(&asAddClient) add_client = libcom::find<decltype(&asAddClient)>("asAddClient");
    decltype(&asRemoveClient) remove_client = libcom::find<decltype(&asRemoveClient)>("asRemoveClient");

    bool complete() const
    {
        return active && check_address && base && init && add_member && remove_member && add_client &&
               remove_client;
    }
};

const AsLib &as_lib()
{
    static const AsLib functions;
    return functions;
}

// Held while asLib is called: what it has must not change between loading and judging.
std::mutex in_use;
const AccessRules *loaded = nullptr;
volatile ASBASE *own = nullptr; // what asLib had after we loaded it

// What asLib writes to errlog while it loads, which is all that it tells of mistakes.
class Complaints
{
public:
    Complaints()
    {
        if (auto add = libcom::find<void (*)(Listener, void *)>("errlogAddListener"))
            add(&hear, this);
    }
    ~Complaints() { end(); }

    std::string end()
    {
        if (!listening)
            return text;
        listening = false;
        if (auto flush = libcom::find<void (*)()>("errlogFlush"))
            flush();
        if (auto remove = libcom::find<int (*)(Listener, void *)>("errlogRemoveListeners"))
            remove(&hear, this);
        return text;
    }

private:
    static void hear(void *self, const char *message) { static_cast<Complaints *>(self)->text += message; }

    std::string text;
    bool listening = true;
};

std::string plain(const std::string &said)
{
    std::string text;
    bool escape = false;
    for (const char c : said) {
        if (c == '\x1b')
            escape = true;
        else if (escape)
            escape = c != 'm';
        else if (c != '\n')
            text += c;
        else if (!text.empty() && text.back() != ';')
            text += ';';
    }
    while (!text.empty() && text.back() == ';')
        text.pop_back();
    std::string spaced;
    for (const char c : text)
        spaced += c == ';' ? std::string("; ") : std::string(1, c);
    return spaced;
}

AccessRules::Judgement ask(const AsLib &as, const char *group, int level,
                           const std::vector<std::string> &credentials, const std::string &host)
{
    AccessRules::Judgement result;
    ASMEMBERPVT member = nullptr;
    if (as.add_member(&member, group) || !member)
        throw std::runtime_error("asLib does not take the group " + std::string(group));
    for (const auto &credential : credentials) {
        std::string address(host); // asLib changes it to lower case
        ASCLIENTPVT client = nullptr;
        if (as.add_client(&client, member, level, credential.c_str(), &address[0]) == 0 && client) {
            const auto right = client->access >= asWRITE  ? AccessRules::Right::write
                               : client->access == asREAD ? AccessRules::Right::read
                                                          : AccessRules::Right::none;
            if (right > result.right)
                result = {right, client->trapMask != 0};
        }
        if (client)
            as.remove_client(&client);
    }
    as.remove_member(&member);
    return result;
}

// Nothing but the layout of asLib's structures says what a client may: look whether it is still as known.
void check_layout(const AsLib &as)
{
    const char *probe = "ASG(DEFAULT){RULE(0,READ)RULE(1,WRITE,TRAPWRITE)}ASG(READ){RULE(1,READ)}"
                        "ASG(NONE){RULE(0,READ)}";
    using Right = AccessRules::Right;
    bool fits = as.init(probe, nullptr) == 0;
    if (fits) {
        const std::vector<std::string> nobody{"nobody"};
        const auto write = ask(as, "DEFAULT", 1, nobody, "127.0.0.1");
        const auto read = ask(as, "READ", 1, nobody, "127.0.0.1");
        const auto none = ask(as, "NONE", 1, nobody, "127.0.0.1");
        fits = write.right == Right::write && write.trapped && read.right == Right::read && !read.trapped &&
               none.right == Right::none;
    }
    if (!fits)
        throw std::runtime_error(
            "The access security of this libCom (EPICS) is not as this library knows it");
}

struct MacroHandle {
    MacroHandle()
    {
        auto create = libcom::find<decltype(&macCreateHandle)>("macCreateHandle");
        if (!create || create(&handle, nullptr))
            throw std::runtime_error("libCom has no macros");
    }
    ~MacroHandle() { libcom::find<decltype(&macDeleteHandle)>("macDeleteHandle")(handle); }
    MacroHandle(const MacroHandle &) = delete;
    MacroHandle &operator=(const MacroHandle &) = delete;

    MAC_HANDLE *handle = nullptr;
};

// asInitFile would cut lines after 200 characters.
std::string expand(const std::string &text, const AccessRules::Macros &macros)
{
    if (macros.empty())
        return text;
    auto put = libcom::find<decltype(&macPutValue)>("macPutValue");
    auto expand = libcom::find<decltype(&macExpandString)>("macExpandString");
    if (!put || !expand || !libcom::symbol("macDeleteHandle"))
        throw std::runtime_error("libCom has no macros");
    Complaints complaints;
    MacroHandle macro;
    for (const auto &each : macros)
        put(macro.handle, each.first.c_str(), each.second.c_str());
    std::istringstream lines(text);
    std::string result;
    std::vector<char> out(16384);
    for (std::string line; std::getline(lines, line);) {
        const long length = expand(macro.handle, line.c_str(), out.data(), static_cast<long>(out.size()));
        if (length < 0)
            throw std::invalid_argument("a macro is not defined in the line " + line);
        if (length >= static_cast<long>(out.size()) - 1)
            throw std::invalid_argument("a line is too long: " + line.substr(0, 80));
        result.append(out.data(), static_cast<std::size_t>(length));
        result += '\n';
    }
    return result;
}

} // namespace

AccessRules::AccessRules(const std::string &given, const Macros &macros)
{
    forked::begin();
    std::lock_guard<std::mutex> guard(in_use);
    if (!as_lib().complete())
        throw std::runtime_error("libCom, which libpvxs has loaded, has no access security");
    if (*as_lib().active && *as_lib().base != own)
        throw std::runtime_error(
            "Access security is used already by an IOC in this process; EPICS has it once");
    text = expand(given, macros);
    load();
}

AccessRules::~AccessRules()
{
    if (forked::is_child())
        return;
    std::lock_guard<std::mutex> guard(in_use);
    if (loaded == this)
        loaded = nullptr;
}

// With the lock held.
void AccessRules::load() const
{
    const AsLib &as = as_lib();
    *as.check_address = 1; // hosts by their address, for what a client says of itself is not sent by PVA
    if (!own) {
        check_layout(as);
        own = *as.base;
    }
    Complaints complaints;
    if (as.init(text.c_str(), nullptr)) {
        const std::string said = plain(complaints.end());
        throw std::invalid_argument(said.empty() ? "a mistake of syntax, of which libCom writes to stderr"
                                                 : said);
    }
    own = *as.base;
    loaded = this;
}

AccessRules::Judgement AccessRules::judge(const std::string &group, int level,
                                          const std::vector<std::string> &credentials,
                                          const std::string &host) const
{
    forked::check();
    std::lock_guard<std::mutex> guard(in_use);
    if (*as_lib().base != own)
        throw std::runtime_error("An IOC in this process has replaced the rules of access security");
    if (loaded != this)
        load();
    return ask(as_lib(), group.c_str(), level, credentials, host);
}

} // namespace aiopvxs::server
