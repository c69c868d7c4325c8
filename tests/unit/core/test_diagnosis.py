"""An import that fails says what is wrong: copies of the installed package, each broken in one way."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import aiopvxs_core
from aiopvxs_core import _diagnosis

VERSION = importlib.metadata.version("aiopvxs-core")
PVXSLIBS = importlib.metadata.version("pvxslibs")
FIRST_LINE = "aiopvxs-core cannot be imported: "


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a copy of the installed core, extension and metadata, which comes first on the path."""
    folder = tmp_path / "site"
    distribution = importlib.metadata.distribution("aiopvxs-core")
    for name in distribution.files or []:
        source, target = Path(str(distribution.locate_file(name))), folder / str(name)
        if ".." not in target.parts and source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    shutil.copytree(Path(aiopvxs_core.__file__).parent, folder / "aiopvxs_core", dirs_exist_ok=True)
    return folder


def extension(site: Path) -> Path:
    (path,) = [path for path in (site / "aiopvxs_core").iterdir() if path.name.startswith("_core.")]
    return path


def failure(site: Path) -> str:
    """Import the copy in a new interpreter, which has to fail, and return the message of the ImportError."""
    code = (
        "import sys; sys.meta_path = [f for f in sys.meta_path if 'ditable' not in type(f).__name__]\n"
        "try:\n import aiopvxs_core\nexcept ImportError as error:\n print(error)\n assert error.__cause__\n"
        "else:\n raise SystemExit('it was imported')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def pretend(site: Path, distribution: str, version: str) -> None:
    """Let importlib.metadata find that version of a distribution."""
    folder = site / f"{distribution}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")


def test_names_everything(site: Path) -> None:
    extension(site).write_bytes(b"not a library")
    message = failure(site)
    assert message.startswith(
        FIRST_LINE + "its extension module and the installed pvxslibs do not fit together"
    )
    for expected in (
        f"cpython {sys.version.split()[0]} ({sys.executable})",
        sysconfig.get_platform(),
        f"aiopvxs-core {VERSION}\n",
        f"pvxslibs     {PVXSLIBS}, needed: pvxslibs",
        "error:       ImportError: ",
        f"{sys.executable} -m pip install --force-reinstall --no-deps aiopvxs-core=={VERSION}",
    ):
        assert expected in message


def test_extension_of_another_python(site: Path) -> None:
    extension(site).rename(site / "aiopvxs_core" / "_core.cpython-35m-x86_64-linux-gnu.so")
    message = failure(site)
    assert message.startswith(FIRST_LINE + "its extension module for this version of Python is missing")


def test_pvxslibs_of_another_line(site: Path) -> None:
    pretend(site, "pvxslibs", "1.3.3")
    extension(site).write_bytes(b"as if it were linked with another libpvxs")
    message = failure(site)
    assert message.startswith(FIRST_LINE + "pvxslibs 1.3.3 is not of the line it was built for.")
    assert 'pip install aiopvxs-core "pvxslibs==1.3.3"' in message
    assert message.rstrip().endswith('"')


def test_pvxslibs_whose_library_is_damaged(site: Path) -> None:
    library = site / "libpvxs.so"
    library.write_bytes(b"not a library")
    package = site / "pvxslibs" / "lib"
    package.mkdir(parents=True)
    (site / "pvxslibs" / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "pvxs_dsoinfo.py").write_text(f"filename = sofilename = {str(library)!r}\n")
    message = failure(site)
    assert "error:       OSError: " in message
    assert str(library) in message


def test_no_pvxslibs(monkeypatch: pytest.MonkeyPatch) -> None:
    real = _diagnosis.version

    def version(name: str) -> str:
        if name == "pvxslibs":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(_diagnosis, "version", version)
    message = _diagnosis.explain(ModuleNotFoundError("No module named 'pvxslibs'", name="pvxslibs"))
    assert message.startswith(FIRST_LINE + "pvxslibs, which holds the PVXS library, is not installed.")
    assert "pvxslibs     not installed, needed: pvxslibs" in message


def test_a_tree_that_was_never_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(_diagnosis, "version", missing)
    monkeypatch.setattr(_diagnosis, "requires", missing)
    message = _diagnosis.explain(ImportError("no"))
    assert message.startswith(FIRST_LINE + "it is not installed in this environment.")
    assert message.rstrip().endswith("-m pip install aiopvxs-core")


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        ("1.5.3", True),
        ("1.5.10", True),
        ("1.5.2", False),
        ("1.6.0a1", False),
        ("1.4.1", False),
        ("2.0", False),
    ],
)
def test_fits(found: str, fits: bool) -> None:
    assert _diagnosis._fits(found, "pvxslibs<1.6.0a1,>=1.5.3") is fits
