// Access security, as Python sees it.
#include "data/convert.h"
#include "server/access_rules.h"
#include "server/groups.h"
#include "server/question_handle.h"
#include "server/queue_executor.h"
#include "server/register.h"

namespace aiopvxs::server
{

namespace
{

using Right = AccessRules::Right;

// Who it is about.
template <typename Self, typename Class>
void describe(Class &of)
{
    using Client = pvxs::server::ClientCredentials;
    auto client = [](std::string Client::*field) {
        return [field](const Self &self) { return decode(self.guard->client().*field); };
    };
    of.def_property_readonly(
          "key", [](const Self &self) { return self.guard->handler_key(); },
          "The key of the handler that it is for.")
        .def_property_readonly(
            "name", [](const Self &self) { return decode(self.guard->name()); }, "Name of the PV.")
        .def_property_readonly("peer", client(&Client::peer), "Address of the client, host:port.")
        .def_property_readonly("account", client(&Client::account), "The user that the client says it is.")
        .def_property_readonly("method", client(&Client::method), "How it says so.")
        .def(
            "roles", [](const Self &self) { return groups_of(self.guard->client()); },
            "Look up the groups of the account, sorted. This may block.");
}

bool allow(const QuestionHandle &self, unsigned granted)
{
    py::gil_scoped_release release;
    const auto right = granted > 1 ? Guard::Right::write : granted ? Guard::Right::read : Guard::Right::none;
    return self.guard->allow(self.number, right);
}

bool deny_question(const QuestionHandle &self, const py::str &text)
{
    const std::string message = encode(text);
    py::gil_scoped_release release;
    return self.guard->deny(self.number, message);
}

py::list renew(Access &self, std::uint64_t key)
{
    std::vector<std::shared_ptr<Guard>> found;
    {
        py::gil_scoped_release release;
        found = self.renew(key);
    }
    py::list result;
    for (auto &guard : found)
        result.append(py::cast(GuardHandle{std::move(guard)}));
    return result;
}

py::tuple judge(const AccessRules &self, const py::str &group, int level, const py::list &credentials,
                const std::string &host)
{
    const std::string of(encode(group));
    std::vector<std::string> own;
    for (const auto &each : credentials)
        own.push_back(encode(py::cast<py::str>(each)));
    AccessRules::Judgement judgement;
    {
        py::gil_scoped_release release;
        judgement = self.judge(of, level, own, host);
    }
    return py::make_tuple(static_cast<unsigned>(judgement.right), judgement.trapped);
}

} // namespace

void register_access(py::module_ &m)
{
    py::class_<AccessRules>(m, "AccessRules", "An access security file, judged by EPICS's asLib.",
                            py::release_gil_before_calling_cpp_dtor())
        .def(py::init([](const std::string &text, const AccessRules::Macros &macros) {
                 py::gil_scoped_release release;
                 return std::make_unique<AccessRules>(text, macros);
             }),
             py::arg("text"), py::arg("macros"),
             "Load rules. ValueError with what asLib says of mistakes; this may ask DNS.")
        .def("judge", &judge, py::arg("group"), py::arg("level"), py::arg("credentials"), py::arg("host"),
             "Return what a client may with all of these credentials (0 nothing, 1 read, 2 write), and "
             "whether "
             "TRAPWRITE says to tell of it. This may ask DNS.");

    py::class_<GuardHandle> guarded(m, "Guarded", "A channel whose client was let in.",
                                    py::release_gil_before_calling_cpp_dtor());
    describe<GuardHandle>(guarded);
    guarded.def(
        "revoke",
        [](const GuardHandle &self) {
            py::gil_scoped_release release;
            self.guard->revoke();
        },
        "Close it, in the background.");

    py::class_<QuestionHandle> question(m, "Question", "May a client do something? No, if nobody answers.",
                                        py::release_gil_before_calling_cpp_dtor());
    describe<QuestionHandle>(question);
    question.def_readonly("write", &QuestionHandle::write, "It needs to write; otherwise to read.")
        .def_readonly("what", &QuestionHandle::what, "One of read, monitor, put and rpc.")
        .def("allow", &allow, py::arg("granted") = 0u,
             "Let it; nothing that needs what is granted (0 nothing, 1 read, 2 write) is asked about again. "
             "False if it was answered before, or nobody waits.")
        .def("deny", &deny_question, py::arg("text"), "Refuse it; False as above.");

    py::class_<Access, std::shared_ptr<Access>>(m, "Access", "The restrictions of one server.")
        .def(py::init<>(), "Make one.")
        .def("renew", &renew, py::arg("key") = 0u,
             "Ask about everything anew, of one handler or, if 0, of all; return those who had been let in.");

    m.def(
        "restrict",
        [](QueueExecutor &executor, std::shared_ptr<Access> access) { executor.restrict(std::move(access)); },
        py::arg("executor"), py::arg("access"), "Let Python decide what clients may. Before any is served.");
}

} // namespace aiopvxs::server
