#include "log/register.h"

#include <pvxs/log.h>

#include "forked.h"
#include "log/lines.h"

namespace aiopvxs
{

namespace
{

// Text of a log may have any bytes, and goes to files and terminals.
py::str readable(const std::string &text)
{
    PyObject *decoded =
        PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "backslashreplace");
    if (!decoded)
        throw py::error_already_set();
    return py::reinterpret_steal<py::str>(decoded);
}

py::tuple wait()
{
    std::size_t lost = 0u;
    std::vector<LogMessage> messages;
    {
        py::gil_scoped_release release;
        messages = LogLines::instance().wait(lost);
    }
    py::list list;
    for (const LogMessage &message : messages)
        list.append(py::make_tuple(message.level, readable(message.name), readable(message.text),
                                   readable(message.line), message.time));
    return py::make_tuple(std::move(list), lost);
}

} // namespace

void register_log(py::module_ &m)
{
    m.def(
        "start", [](bool by_listener) { return LogLines::instance().start(by_listener); },
        py::arg("by_listener"), py::call_guard<py::gil_scoped_release>(),
        "Keep what PVXS logs for wait(); False where it cannot be had, and stays on stderr.");
    m.def("wait", &wait,
          "Wait for messages of PVXS and return them, as (level, logger, text, line, time), and how many "
          "were lost. Nothing of either once stopped.");
    m.def(
        "stop", []() { LogLines::instance().stop(); }, py::call_guard<py::gil_scoped_release>(),
        "Let what follows go to stderr; wait() still gives what came before.");
    m.def(
        "set_level",
        [](const std::string &pattern, int level) {
            if (!forked::is_child()) // its lock may have been held, and nothing will be logged
                pvxs::logger_level_set(pattern.c_str(), level);
        },
        py::arg("pattern"), py::arg("level"), py::call_guard<py::gil_scoped_release>(),
        "Set the level (10 critical, 20 error, 30 warning, 40 info, 50 debug) of loggers of PVXS.");
}

} // namespace aiopvxs
