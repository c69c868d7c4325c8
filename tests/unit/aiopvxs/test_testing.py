"""The fixtures that users import: each test is a test of a user, run by a pytest of its own."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from aiopvxs import Context
from aiopvxs.server import Config, Server
from aiopvxs.testing import environment_of

pytest_plugins = ["pytester"]

ON = 'pytest_plugins = ["aiopvxs.testing"]\n'
INI = """
[pytest]
filterwarnings = error
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
"""


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings under which nothing would be found that is not isolated."""
    monkeypatch.setenv("EPICS_PVA_ADDR_LIST", "127.255.255.1")
    monkeypatch.setenv("EPICS_PVA_NAME_SERVERS", "127.255.255.1:9")
    monkeypatch.setenv("EPICS_PVA_AUTO_ADDR_LIST", "NO")
    monkeypatch.delenv("EPICS_PVAS_INTF_ADDR_LIST", raising=False)


def run(pytester: pytest.Pytester, code: str) -> pytest.RunResult:
    pytester.makeini(INI)
    pytester.makeconftest(ON)
    pytester.makepyfile(code)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=100)


def test_asyncio_client_finds_the_server(pytester: pytest.Pytester) -> None:
    code = """
        import asyncio
        from aiopvxs import SharedPV
        from aiopvxs.nt import NTScalar

        def test_plain(pva_server, pva_context):
            pva_server.add_pv("x", SharedPV(NTScalar(float), 1.5))
            async def main():
                await pva_context.put("x", 2.5)
                return (await pva_context.get("x")).as_float("value")
            assert asyncio.run(main()) == 2.5

        async def test_with_pytest_asyncio(pva_server, pva_context):
            pv = SharedPV(NTScalar(float), 1.5)
            pva_server.add_pv("x", pv)

            @pv.on_rpc
            async def _(op):
                return op.query["a"] * 2

            assert (await pva_context.rpc("x", a=2)).as_py("value") == 4
    """
    run(pytester, code).assert_outcomes(passed=2)


def test_blocking_client_finds_the_server(pytester: pytest.Pytester) -> None:
    code = """
        from aiopvxs import SharedPV
        from aiopvxs.nt import NTScalar

        def test_it(pva_server, pva_sync_context):
            pva_server.add_pv("x", SharedPV(NTScalar(int), 1))
            pva_sync_context.put("x", 2)
            assert pva_sync_context.get("x").as_int("value") == 2
    """
    run(pytester, code).assert_outcomes(passed=1)


def test_tests_are_apart(pytester: pytest.Pytester) -> None:
    code = """
        import pytest
        import aiopvxs
        from aiopvxs.nt import NTScalar

        @pytest.mark.parametrize("number", [1, 2])
        def test_same_name(number, pva_server, pva_sync_context):
            with pytest.raises(aiopvxs.Timeout):
                pva_sync_context.get("same", timeout=0.2)
            pva_server.add_pv("same", aiopvxs.SharedPV(NTScalar(int), number))
            assert pva_sync_context.get("same").as_int("value") == number
            assert pva_server.config["EPICS_PVAS_SERVER_PORT"] not in ("0", "5075")
            assert pva_server.config["EPICS_PVAS_INTF_ADDR_LIST"] == "127.0.0.1"
    """
    run(pytester, code).assert_outcomes(passed=2)


def test_environment_is_for_code_that_makes_its_own(pytester: pytest.Pytester) -> None:
    code = """
        import os, subprocess, sys
        import aiopvxs, aiopvxs.sync
        from aiopvxs.nt import NTScalar

        def test_own_context_and_server(pva_server, pva_environment):
            assert "EPICS_PVA_NAME_SERVERS" not in os.environ or not os.environ["EPICS_PVA_NAME_SERVERS"]
            pva_server.add_pv("x", aiopvxs.SharedPV(NTScalar(int), 1))
            own = aiopvxs.Server({"y": aiopvxs.SharedPV(NTScalar(int), 2)})
            assert own.config["EPICS_PVAS_SERVER_PORT"] != pva_server.config["EPICS_PVAS_SERVER_PORT"]
            with own, aiopvxs.sync.Context(timeout=20) as ctx:
                assert [v.as_int("value") for v in ctx.get(["x", "y"])] == [1, 2]

        def test_process(pva_server, pva_environment):
            pva_server.add_pv("x", aiopvxs.SharedPV(NTScalar(int), 3))
            words = [sys.executable, "-m", "aiopvxs", "get", "-w", "30", "-F", "csv", "x"]
            done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
            assert done.stdout.splitlines()[1].split(",")[2] == "3"

        def test_it_is_over(monkeypatch):
            assert os.environ["EPICS_PVA_NAME_SERVERS"] == "127.255.255.1:9"
            assert "EPICS_PVAS_INTF_ADDR_LIST" not in os.environ
    """
    run(pytester, code).assert_outcomes(passed=3)


def test_it_has_to_be_asked_for(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(pva_server): pass")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=100)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("*fixture 'pva_server' not found*")
    assert not [point for point in entry_points(group="pytest11") if point.value.startswith("aiopvxs")]


def test_nothing_else_imports_pytest(pytester: pytest.Pytester) -> None:
    code = """
        import pkgutil, sys, importlib
        import aiopvxs
        for module in pkgutil.walk_packages(aiopvxs.__path__, "aiopvxs."):
            if not module.name.endswith(("__main__", "aiopvxs.testing")):
                importlib.import_module(module.name)
        assert "pytest" not in sys.modules
        import aiopvxs.testing
        assert "pytest" in sys.modules
    """
    result = pytester.runpython(pytester.makepyfile(check=code))
    assert result.ret == 0


async def test_programs_with_its_environment_find_a_server() -> None:
    async with Server(config=Config.isolated()) as server:
        settings = environment_of(server)
        assert settings["EPICS_PVA_BROADCAST_PORT"] == server.config["EPICS_PVAS_BROADCAST_PORT"]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            async with Context(timeout=20.0) as ctx, Server() as other:
                ports = {one.config["EPICS_PVAS_SERVER_PORT"] for one in (server, other)}
                found = set()
                async for each in ctx.discover(timeout=20.0):
                    found.add(each.server.rpartition(":")[2])
                    if found == ports:
                        break
                assert found == ports
