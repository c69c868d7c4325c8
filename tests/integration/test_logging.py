"""What PVXS logs reaches Python's logging; other lines of EPICS errlog stay as they are."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from complaints import complaints

START = """
import ctypes, logging, os, sys, threading, time
from pvxslibs.lib import pvxs_dsoinfo
import aiopvxs
from aiopvxs import Context, Server, SharedPV
from aiopvxs_core import log as core
from aiopvxs import _logging

if "listener" in sys.argv:  # the way of Windows
    start = core.start
    core.start = lambda by_listener: start(True)
errlog = ctypes.CDLL(pvxs_dsoinfo.sofilename)  # and libCom, which it has loaded

def write(line):
    errlog.errlogPrintf(b"%s", line.encode(errors="surrogateescape"))

def configure(level=logging.INFO):
    logging.basicConfig(level=level, format="%(levelname)s|%(name)s|%(message)s", stream=sys.stdout)

def context():
    return Context({"EPICS_PVA_ADDR_LIST": "127.0.0.1", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}, use_env=False)

TIME = "2026-01-31T12:00:00.123456789"
"""


def run(script: str, *arguments: str, **environment: str) -> tuple[str, str]:
    """Run a script in a process of its own; return what it wrote to stdout and to stderr."""
    finished = subprocess.run(
        [sys.executable, "-X", "dev", "-c", START + script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
        env=os.environ | environment,
    )
    output, errors = finished.stdout.decode(), complaints(finished.stderr.decode(errors="surrogateescape"))
    assert finished.returncode == 0, errors
    return output, errors


both = pytest.mark.parametrize("way", ["stream", "listener"])


@both
def test_lines_of_pvxs_reach_the_logger_of_their_name(way: str) -> None:
    output, errors = run(
        """
configure(logging.DEBUG)
ctx = context()
for number, level in enumerate(["CRIT", "ERR", "WARN", "INFO", "DEBUG"]):
    write(f"{TIME} {level} pvxs.test.io number {number}\\n")
""",
        way,
    )
    levels = ["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"]
    assert output.splitlines() == [f"{level}|pvxs.test.io|number {n}" for n, level in enumerate(levels)]
    assert errors == ""


@both
def test_other_lines_go_to_stderr_once(way: str) -> None:
    lines = ["a line of an IOC", "2026-01-31T12:00:00.123456789 is no level", "WARN pvxs.x no time", "é"]
    output, errors = run(
        f"""
configure()
ctx = context()
for line in {lines!r}:
    write(line + "\\n")
""",
        way,
    )
    assert (output, errors.splitlines()) == ("", [*lines])


@both
def test_messages_of_many_lines_odd_bytes_and_great_length(way: str) -> None:
    output, errors = run(
        r"""
configure()
ctx = context()
write(f"{TIME} ERR pvxs.client.monitor\n     after a long prefix\n")
write(f"{TIME} ERR pvxs.client.io one\ntwo\n")
write(f"{TIME} ERR pvxs.client.io \udcff\n")
write(f"{TIME} ERR pvxs.client.io {'x' * 1000}\n")
write(f"{TIME} ERR pvxs.client.io {'y' * 10000}\n")
write(f"{TIME} ERR pvxs.client.io in ")
write("two parts\n")
write("libevent WARN: of the loop\n")
""",
        way,
    )
    records = output.splitlines()
    assert records[:5] == [
        "ERROR|pvxs.client.monitor|after a long prefix",
        "ERROR|pvxs.client.io|one",
        "two",
        "ERROR|pvxs.client.io|\\xff",
        f"ERROR|pvxs.client.io|{'x' * 1000}",
    ]
    assert records[5].startswith("ERROR|pvxs.client.io|yyyy")  # errlog says where it cuts
    assert records[5].endswith("<<TRUNCATED>>")
    assert records[6:] == ["ERROR|pvxs.client.io|in two parts", "WARNING|pvxs.ev|of the loop"]
    assert errors == ""


def test_without_handlers_messages_look_as_those_of_pvxs() -> None:
    output, errors = run('ctx = context()\nwrite(f"{TIME} ERR pvxs.client.io\\n     text\\n")\n')
    assert (output, errors) == ("", "2026-01-31T12:00:00.123456789 ERR pvxs.client.io\n     text\n")


SET = {
    "pattern": 'aiopvxs.set_log_level("pvxs.client.*", "DEBUG")',
    "name": 'aiopvxs.set_log_level("pvxs.client", logging.DEBUG)',
    "logger": 'logging.getLogger("pvxs.client").setLevel("DEBUG")',
    "configuration": """
import logging.config
logging.config.dictConfig({"version": 1, "incremental": True, "loggers": {"pvxs.client": {"level": "DEBUG"}}})
""",
}


@pytest.mark.parametrize("way", SET)
def test_levels_are_set_from_python(way: str) -> None:
    output, errors = run(f"configure()\nctx = context()\n{SET[way]}\nctx.close()\ndel ctx\n")
    assert "DEBUG|pvxs.client.setup|context 0x" in output
    assert errors == ""
    output, errors = run("configure()\nctx = context()\nctx.close()\ndel ctx\n")
    assert (output, errors) == ("", "")


def test_a_level_set_before_the_import_counts() -> None:
    script = """
import logging
logging.basicConfig(format="%(name)s|%(message)s")
logging.getLogger("pvxs").setLevel(logging.DEBUG)
from aiopvxs import Context
Context({"EPICS_PVA_ADDR_LIST": "127.0.0.1"}, use_env=False).close()
"""
    finished = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert "pvxs.client.setup|context 0x" in finished.stderr


def test_the_nearest_level_counts() -> None:
    output, _ = run(
        """
configure()
logging.getLogger("pvxs.client.setup").setLevel(logging.WARNING)
logging.getLogger("pvxs").setLevel(logging.DEBUG)
ctx = context()
"""
    )
    assert "INFO|pvxs.client.io|" in output
    assert "pvxs.client.setup" not in output


def test_pvxs_log_is_obeyed() -> None:
    script = "ctx = context()\nctx.close()\n"
    _, errors = run(script, PVXS_LOG="pvxs.client.*=DEBUG")
    assert " DEBUG pvxs.client.setup" in errors
    _, errors = run(script, PVXS_LOG="pvxs.client.*=LOUD,pvxs.tcp.io=ERR")
    assert "'pvxs.client.*=LOUD' is ignored" in errors
    assert "DEBUG" not in errors.replace("DEBUG, INFO", "")


def test_an_unknown_level_is_refused() -> None:
    from aiopvxs import set_log_level

    with pytest.raises(ValueError, match="'LOUD' is no level"):
        set_log_level("pvxs.client.io", "LOUD")
    with pytest.raises(ValueError, match="has a name like"):
        set_log_level("", "DEBUG")


def test_a_flood_is_bounded_and_its_loss_is_told() -> None:
    output, errors = run(
        """
configure()
go, waits = threading.Event(), threading.Event()
class Slow(logging.Filter):
    def filter(self, record):
        waits.set()
        go.wait()
        return True
logging.getLogger("pvxs.test").addFilter(Slow())
ctx = context()
write(f"{TIME} ERR pvxs.test 0\\n")
errlog.errlogFlush()
waits.wait()
for number in range(1, 15000):
    write(f"{TIME} ERR pvxs.test {number}\\n")
    if number % 100 == 0:
        errlog.errlogFlush()  # errlog's own buffer does not overflow
errlog.errlogFlush()
go.set()
"""
    )
    records = output.splitlines()
    assert errors == ""
    kept = [record for record in records if record.startswith("ERROR|pvxs.test|")]
    (told,) = [record for record in records if "were lost" in record]
    assert told.startswith("WARNING|pvxs|")
    assert len(kept) + int(told.split("|")[2].split()[0]) == 15000
    assert 10000 <= len(kept) <= 10200


def test_a_filter_that_raises_does_not_end_logging() -> None:
    output, errors = run(
        """
configure()
class Bad(logging.Filter):
    def filter(self, record):
        raise ZeroDivisionError("bad filter")
logging.getLogger("pvxs.bad").addFilter(Bad())
ctx = context()
write(f"{TIME} ERR pvxs.bad lost\\n")
write(f"{TIME} ERR pvxs.good kept\\n")
"""
    )
    assert output == "ERROR|pvxs.good|kept\n"
    assert "bad filter" in errors


@both
def test_late_lines_reach_stderr(way: str) -> None:
    output, errors = run(
        """
import atexit
ctx = context()
from aiopvxs import _exit
configure()
atexit.unregister(_exit._close_all)
def late():
    _exit._close_all()
    write(f"{TIME} ERR pvxs.client.io late\\n")
    write("of an IOC\\n")
    errlog.errlogFlush()
atexit.register(late)
write(f"{TIME} ERR pvxs.client.io early\\n")
""",
        way,
    )
    assert output == "ERROR|pvxs.client.io|early\n"
    assert errors == "2026-01-31T12:00:00.123456789 ERR pvxs.client.io late\nof an IOC\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_may_go_on_logging() -> None:
    output, _ = run(
        """
configure()
ctx = context()
child = os.fork()
if child == 0:
    logging.getLogger("pvxs").setLevel("DEBUG")
    logging.getLogger("pvxs.client.io").error("of the child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
write(f"{TIME} ERR pvxs.client.io of the parent\\n")
"""
    )
    assert output.splitlines() == ["ERROR|pvxs.client.io|of the child", "ERROR|pvxs.client.io|of the parent"]
