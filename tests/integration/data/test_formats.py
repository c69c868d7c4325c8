"""The formats "tree" and "delta" beside pvxs's own, both of what was received."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiopvxs.client import Context

if TYPE_CHECKING:
    from peers import ScriptedServer
    from peers.command import CommandClient

# Where pvxs's text says less than ours: it shows an element of a union array without the member's name, and
# bool arrays as numbers.
SAYS_LESS = {
    "        int32_t = 9\n": "        union.second int32_t = 9\n",
    "value = {2}[1, 0]\n": "value = {2}[true, false]\n",
    "value bool[] = {2}[1, 0]\n": "value bool[] = {2}[true, false]\n",
    "choices[0] int32_t = 9\n": "choices[0] union\nchoices[0]->second int32_t = 9\n",
}


@pytest.fixture
def served(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("compound", "compound")
    scripted_server.add("struct", "struct", value=-5, gain=0.5, label='a "b"\t', data=[1, 2, 3, 4])
    scripted_server.set("struct", {"inner.x": 7})
    scripted_server.add("plain", "struct")
    scripted_server.add("enum", "enum")
    scripted_server.set("enum", {"value.index": 1, "value.choices": ["off", "on", "\\"]})
    scripted_server.add("texts", "string[]", value=["a", "b\n", "c'"])
    scripted_server.add("flags", "bool[]", value=["true", "false"])
    scripted_server.add("empty", "double[]")
    return scripted_server


@pytest.mark.parametrize("name", ["compound", "struct", "plain", "enum", "texts", "flags", "empty"])
async def test_as_pvxs_has_it(served: ScriptedServer, command_client: type[CommandClient], name: str) -> None:
    pvxs = command_client(served.config)
    async with Context(served.config, use_env=False, timeout=20.0) as context:
        value = await context.get(name)
    for kind in ("tree", "delta"):
        for limit in (0, 2):
            if (kind, limit, name) == ("delta", 2, "compound"):
                continue  # a test of its own
            expected = (await pvxs("show", name, kind, limit)).value
            for less, more in SAYS_LESS.items():
                expected = expected.replace(less, more)
            assert (
                format(value, f"{kind}:{limit}") + "\n" == expected or expected == format(value, kind) == ""
            )
        assert format(value, kind) == format(value, f"{kind}:0")


async def test_delta_limits_arrays_of_structures_too(served: ScriptedServer) -> None:
    async with Context(served.config, use_env=False, timeout=20.0) as context:
        value = await context.get("compound")
    assert (
        format(value, "delta:2")
        == """choice union
choice->second int32_t = 7
image union
image->image uint16_t[] = {3}[1, 2, ...]
number any
number-> double = 2.5
inner any
inner-> struct
inner->.text string = "inner"
rows struct[]
rows[0] struct
rows[0].size int32_t = 5
rows[0].name string = ""
rows[1] null
rows[2] ...
choices union[]
choices[0] union
choices[0]->second int32_t = 9
choices[1] null
anything any[]
anything[0] string = "text"
anything[1] null
anything[2] ..."""
    )
