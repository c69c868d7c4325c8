"""What the check of finished wheels finds: each case is a wheel that is wrong in one way."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import check_wheel

from . import binaries

GOOD = {
    "aiopvxs/__init__.py": "",
    "aiopvxs/py.typed": "",
    "aiopvxs-1.0.dist-info/METADATA": "Metadata-Version: 2.4\nName: aiopvxs\nVersion: 1.0\n",
    "aiopvxs-1.0.dist-info/licenses/LICENSE": "",
}
LIBRARIES = ("libpvxs.so.1.5", "libstdc++.so.6", "libm.so.6", "libgcc_s.so.1", "libc.so.6")
ORIGIN = "$ORIGIN/../pvxslibs/lib"
LOADER = "@loader_path/../pvxslibs/lib"
MAC = ("@rpath/libpvxs.1.5.dylib", "/usr/lib/libc++.1.dylib", "/usr/lib/libSystem.B.dylib")
WINDOWS = ("pvxs.dll", "python312.dll", "KERNEL32.dll", "MSVCP140.dll", "VCRUNTIME140_1.dll")
RANGE = "pvxslibs<1.6.0a1,>=1.5.3"  # as build back ends write it: sorted

Problems = Callable[..., list[str]]
elf_only = pytest.mark.skipif(
    sys.platform != "linux" or binaries.COMPILER is None, reason="makes ELF files with the compiler of Linux"
)


def wheel(folder: Path, files: Mapping[str, str | bytes], name: str = "aiopvxs-1.0-py3-none-any.whl") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in files.items():
            archive.writestr(member, content)
    return path


def core(
    module: bytes, version: str = "0.1.0.15", requires: str = RANGE, suffix: str = "so"
) -> dict[str, str | bytes]:
    info = f"aiopvxs_core-{version}.dist-info"
    stubs = {f"aiopvxs_core/_core/{path.name}": "" for path in check_wheel.STUBS.glob("*.pyi")}
    return {
        "aiopvxs_core/__init__.py": "",
        "aiopvxs_core/py.typed": "",
        f"aiopvxs_core/_core.{suffix}": module,
        **stubs,
        f"{info}/METADATA": f"Metadata-Version: 2.4\nName: aiopvxs-core\nVersion: {version}\n"
        f"Requires-Dist: {requires}\nRequires-Dist: numpy>=1.24\n",
        f"{info}/licenses/LICENSE": "",
    }


@pytest.fixture
def of_core(tmp_path: Path) -> Problems:
    """The problems of a wheel of the core with these files."""

    def found(
        files: Mapping[str, str | bytes], tag: str = "manylinux_2_17_x86_64", repaired: bool = True
    ) -> list[str]:
        path = wheel(tmp_path, files, f"aiopvxs_core-0.1.0.15-cp312-cp312-{tag}.whl")
        return list(check_wheel.problems(path, repaired))

    return found


def test_good(tmp_path: Path) -> None:
    assert list(check_wheel.problems(wheel(tmp_path, GOOD), repaired=True)) == []


@pytest.mark.parametrize("name", ["aiopvxs/py.typed", "aiopvxs-1.0.dist-info/licenses/LICENSE"])
def test_missing(tmp_path: Path, name: str) -> None:
    files = {key: text for key, text in GOOD.items() if key != name}
    (problem,) = check_wheel.problems(wheel(tmp_path, files))
    assert "is missing" in problem


@pytest.mark.parametrize(
    "name", ["aiopvxs/tests/test_x.py", "aiopvxs/conftest.py", "aiopvxs/__pycache__/a.pyc", "tests/test_x.py"]
)
def test_unwanted(tmp_path: Path, name: str) -> None:
    found = list(check_wheel.problems(wheel(tmp_path, GOOD | {name: ""})))
    assert any(name.split("/", maxsplit=1)[0] in problem or name in problem for problem in found)


@elf_only
def test_good_core(tmp_path: Path, of_core: Problems) -> None:
    assert of_core(core(binaries.elf(tmp_path, LIBRARIES, ORIGIN))) == []


@elf_only
def test_good_core_of_the_other_line(tmp_path: Path, of_core: Problems) -> None:
    module = binaries.elf(tmp_path, ["libpvxs.so.1.4", *LIBRARIES[1:]], ORIGIN)
    assert of_core(core(module, "0.1.0.14", "pvxslibs<1.5.0a1,>=1.4.1")) == []


@elf_only
@pytest.mark.parametrize(
    "path",
    [
        "/tmp/pip-build-env-1/overlay/lib/pvxslibs/lib",
        "/opt/epics/lib",
        "$ORIGIN/../epicscorelibs/lib",
        "lib",
    ],
)
def test_runpath_of_the_machine_that_built(tmp_path: Path, of_core: Problems, path: str) -> None:
    (problem,) = of_core(core(binaries.elf(tmp_path, LIBRARIES, f"{ORIGIN}:{path}")))
    assert f"searches {path}, which only the machine that built it" in problem


@elf_only
def test_no_runpath(tmp_path: Path, of_core: Problems) -> None:
    (problem,) = of_core(core(binaries.elf(tmp_path, LIBRARIES, None)))
    assert "would not find libpvxs" in problem


@elf_only
def test_rpath(tmp_path: Path, of_core: Problems) -> None:
    (problem,) = of_core(core(binaries.elf(tmp_path, LIBRARIES, ORIGIN, old=True)))
    assert "has an RPATH" in problem


@elf_only
@pytest.mark.parametrize(
    "name", ["libCom.so.7.0.10.99.0", "libevent_core.so.2.2.0", "libasan.so.8", "libpvxsIoc.so.1.5"]
)
def test_unexpected_library(tmp_path: Path, of_core: Problems, name: str) -> None:
    (problem,) = of_core(core(binaries.elf(tmp_path, [*LIBRARIES, name], ORIGIN)))
    assert f"is linked with {name}, which neither" in problem


@elf_only
def test_pvxs_is_not_linked(tmp_path: Path, of_core: Problems) -> None:
    (problem,) = of_core(core(binaries.elf(tmp_path, LIBRARIES[1:], ORIGIN)))
    assert "is not linked with libpvxs" in problem


@elf_only
def test_pvxs_of_another_line_is_linked(tmp_path: Path, of_core: Problems) -> None:
    module = binaries.elf(tmp_path, ["libpvxs.so.1.4", *LIBRARIES[1:]], ORIGIN)
    assert of_core(core(module)) == [
        "it is linked with pvxs 1.4, and its version 0.1.0.15 says another line."
    ]


@elf_only
@pytest.mark.parametrize(
    "requires", ["pvxslibs<1.5.0a1,>=1.4.1", "pvxslibs>=1.5.3", "pvxslibs", "epicscorelibs>=7"]
)
def test_requires_dist_of_another_pvxs(tmp_path: Path, of_core: Problems, requires: str) -> None:
    (problem,) = of_core(core(binaries.elf(tmp_path, LIBRARIES, ORIGIN), requires=requires))
    assert "where pvxslibs>=1.5.3,<1.6.0a1 belongs to the pvxs of its version" in problem


@elf_only
@pytest.mark.parametrize("version", ["0.1.0", "0.1.0.13", "0.1.0.x"])
def test_version_without_a_line(tmp_path: Path, of_core: Problems, version: str) -> None:
    assert of_core(core(binaries.elf(tmp_path, LIBRARIES, ORIGIN), version)) == [
        f"its version {version} does not end with a line of pvxs."
    ]


@elf_only
def test_each_stub_is_there(tmp_path: Path, of_core: Problems) -> None:
    files = core(binaries.elf(tmp_path, LIBRARIES, ORIGIN))
    del files["aiopvxs_core/_core/server.pyi"]
    assert of_core(files) == ["the stubs of the extension are missing: server.pyi."]


@elf_only
def test_bundled_library(tmp_path: Path, of_core: Problems) -> None:
    module = binaries.elf(tmp_path, LIBRARIES, ORIGIN)
    found = of_core(core(module) | {"aiopvxs_core.libs/libpvxs-1234.so": module})
    assert found == [
        "it installs aiopvxs_core.libs beside aiopvxs_core.",
        "it has 2 compiled files in place of aiopvxs_core/_core.",
    ]


@elf_only
def test_not_repaired(tmp_path: Path, of_core: Problems) -> None:
    files = core(binaries.elf(tmp_path, LIBRARIES, ORIGIN))
    assert of_core(files, "linux_x86_64", repaired=False) == []
    (problem,) = of_core(files, "linux_x86_64")
    assert "it was not repaired" in problem


def test_core_needs_a_compiled_module(of_core: Problems) -> None:
    files = core(b"")
    del files["aiopvxs_core/_core.so"]
    assert of_core(files) == ["it has 0 compiled files in place of aiopvxs_core/_core."]


def test_metadata_is_there(tmp_path: Path) -> None:
    files = {key: text for key, text in GOOD.items() if not key.endswith("METADATA")}
    assert list(check_wheel.problems(wheel(tmp_path, files))) == ["it has no METADATA."]


def test_macos(of_core: Problems) -> None:
    assert of_core(core(binaries.mach_o(MAC, [LOADER])), "macosx_11_0_universal2") == []


@pytest.mark.parametrize(
    ("needed", "runpath", "told"),
    [
        (MAC, [LOADER, "/Users/builder/lib"], "searches /Users/builder/lib"),
        (MAC, [], "does not search @loader_path/../pvxslibs/lib"),
        ([*MAC, "/opt/homebrew/lib/libfmt.dylib"], [LOADER], "is linked with /opt/homebrew/lib/libfmt.dylib"),
        (["@rpath/libpvxs.1.4.dylib", *MAC[1:]], [LOADER], "it is linked with pvxs 1.4"),
    ],
)
def test_macos_finds(of_core: Problems, needed: list[str], runpath: list[str], told: str) -> None:
    (problem,) = of_core(core(binaries.mach_o(needed, runpath)), "macosx_11_0_universal2")
    assert told in problem


def test_windows(of_core: Problems) -> None:
    assert of_core(core(binaries.pe(WINDOWS), suffix="pyd"), "win_amd64") == []


@pytest.mark.parametrize(
    ("needed", "told"),
    [
        ([*WINDOWS, "Com.dll"], "is linked with Com.dll"),
        ([*WINDOWS, "msvcp140-1234abcd.dll"], "is linked with msvcp140-1234abcd.dll"),
        (WINDOWS[1:], "is not linked with libpvxs"),
    ],
)
def test_windows_finds(of_core: Problems, needed: list[str], told: str) -> None:
    (problem,) = of_core(core(binaries.pe(needed), suffix="pyd"), "win_amd64")
    assert told in problem
