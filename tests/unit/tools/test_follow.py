"""tools/follow.py notices where a page and what happens differ."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from follow import Mismatch, blocks_of, follow, isolated, main, matches

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pages are written for a POSIX shell")

PAGE = """
# A page

<!-- file: greet.py -->
```python
import sys
print("hello", *sys.argv[1:])
```

```sh
python greet.py
echo done
```

```text
hello
...
```

<!-- not followed: it would never end -->
```sh
sleep 1000000
```

```pycon
>>> greeting = "hello"
```

```sh
echo this
```

Text between.

```text
a picture
```

```pycon
>>> greeting + " you"
'hello ...'
```
"""

SERVER = """
<!-- file: serve.py -->
```python
import time
print("begun", flush=True)
time.sleep({seconds})
```

<!-- goes on -->
```sh
python serve.py
```

```text
{output}
```

```sh
{command}
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


def followed(page: Path, text: str) -> int:
    page.write_text(text, encoding="utf-8")
    return follow(page, 12345)


def test_a_page_that_is_right(page: Path) -> None:
    assert followed(page, PAGE) == 6


def test_blocks_are_found_with_their_marks(page: Path) -> None:
    page.write_text(PAGE, encoding="utf-8")
    found = [(block.line, block.language, block.mark, block.said) for block in blocks_of(page)]
    assert found[0] == (5, "python", "file", "greet.py")
    assert found[3][1:] == ("sh", "not followed", "it would never end")


@pytest.mark.parametrize(
    ("was", "instead", "told"),
    [
        ("hello\n...", "hi\n...", "the page shows\nhi"),
        ("echo done", "exit 3", "exit code 3"),
        ("python greet.py\necho", "false\necho", "exit code 1"),
        ("'hello ...'", "'bye'", "Expected:"),
        ("<!-- file: greet.py -->\n", "", "nothing says what to do"),
    ],
)
def test_a_page_that_is_wrong(page: Path, was: str, instead: str, told: str) -> None:
    assert PAGE.count(was) == 1
    with pytest.raises(Mismatch, match=told):
        followed(page, PAGE.replace(was, instead))


def test_what_goes_on_is_interrupted_at_the_end(page: Path) -> None:
    text = SERVER.format(seconds=1000, output="begun", command="true")
    assert followed(page, text) == 4


@pytest.mark.parametrize(
    ("seconds", "output", "command", "told"),
    [
        (1000, "another", "true", "the page shows\nanother"),
        (0, "begun", "sleep 2", "it has ended by itself"),
        (1000, "begun", "false", "exit code 1"),
    ],
)
def test_what_goes_on_and_is_wrong(page: Path, seconds: int, output: str, command: str, told: str) -> None:
    with pytest.raises(Mismatch, match=told):
        followed(page, SERVER.format(seconds=seconds, output=output, command=command))


def test_dots_stand_for_anything() -> None:
    assert matches("a...c", "a b\nc\n")
    assert not matches("a...c", "a b\nd\n")
    assert not matches("a.c", "abc")


def test_environment_names_no_other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPICS_PVA_NAME_SERVERS", "10.0.0.1")
    environment = isolated(12345)
    assert "EPICS_PVA_NAME_SERVERS" not in environment
    assert environment["EPICS_PVA_BROADCAST_PORT"] == "12345"


def test_command_ends_with_1_where_a_page_is_wrong(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page.write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["follow.py", str(page)])
    assert main() == 0
    page.write_text(PAGE.replace("echo done", "false"), encoding="utf-8")
    assert main() == 1
    assert "page.md:10: exit code 1" in capsys.readouterr().err
