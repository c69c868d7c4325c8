"""The rules of an access security file, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiopvxs.server import AccessSecurity
from aiopvxs.server._acf import credentials, host_of

RULES = """
UAG(operators) {anna, bob}
UAG(experts) {carl, "role/physics"}
UAG(nobody) {"anonymous/anonymous"}
HAG(console) {127.5.5.5, "10.0.3.7"}
ASG(DEFAULT) {
    RULE(1, READ)
    RULE(0, WRITE) {UAG(operators) HAG(console)}
    RULE(1, WRITE, TRAPWRITE) {UAG(experts)}
}
ASG(SECRET) {
    RULE(1, READ) {UAG(experts)}
}
ASG(HERE) {
    RULE(1, WRITE) {HAG(console)}
}
ASG(CLOSED) {
    RULE(1, NONE)
}
ASG(CALCULATED) {
    INPA(some:pv)
    RULE(1, READ) {CALC("A=0")}
}
ASG(ANONYMOUS) {
    RULE(1, WRITE) {UAG(nobody)}
}
"""


@pytest.mark.parametrize(
    ("account", "host", "asg", "asl", "right"),
    [
        ("anna", "127.5.5.5", "DEFAULT", 0, "write"),
        ("anna", "127.5.5.5", "DEFAULT", 1, "read"),
        ("anna", "127.5.5.6", "DEFAULT", 0, "read"),
        ("bob", "10.0.3.7", "DEFAULT", 0, "write"),
        ("dora", "127.5.5.5", "DEFAULT", 0, "read"),
        ("carl", "127.5.5.6", "DEFAULT", 1, "write"),
        ("carl", "127.5.5.6", "no such group", 1, "write"),
        ("Anna", "127.5.5.5", "DEFAULT", 0, "read"),
        ("anna", "127.5.5.5", "SECRET", 0, "none"),
        ("carl", "127.5.5.5", "SECRET", 0, "read"),
        ("dora", "127.5.5.5", "HERE", 1, "write"),
        ("dora", "127.5.5.50", "HERE", 1, "none"),
        ("carl", "127.5.5.5", "CLOSED", 0, "none"),
        ("carl", "127.5.5.5", "CALCULATED", 0, "none"),
        ("", "", "DEFAULT", 0, "read"),
    ],
)
def test_rights(account: str, host: str, asg: str, asl: int, right: str) -> None:
    assert AccessSecurity(RULES).judge(account, host, asg=asg, asl=asl) == right


def test_groups_of_accounts() -> None:
    access = AccessSecurity(RULES)
    assert access.judge("dora", "127.5.5.6", roles=["physics", "users"]) == "write"
    assert access.judge("dora", "127.5.5.6", roles=["users"]) == "read"
    # an account has the most that it, or one of its groups, has
    assert access.judge("anna", "127.5.5.5", asl=0, roles=["users"]) == "write"


def test_method_is_part_of_the_account() -> None:
    access = AccessSecurity(RULES)
    assert access.judge("anonymous", "127.5.5.5", asg="ANONYMOUS", method="anonymous") == "write"
    assert access.judge("anonymous", "127.5.5.5", asg="ANONYMOUS") == "none"
    assert access.judge("anna", "127.5.5.5", asl=0, method="anonymous") == "read"


def test_account_may_not_claim_a_group() -> None:
    assert credentials("ca", "role/physics", []) == ["physics"]
    assert AccessSecurity(RULES).judge("role/physics", "127.5.5.6", asg="SECRET") == "none"


def test_names_of_hosts_are_looked_up() -> None:
    access = AccessSecurity("HAG(here) {localhost} ASG(DEFAULT) {RULE(1, READ) {HAG(here)}}")
    assert access.judge("anna", "127.0.0.1") == "read"
    assert access.judge("anna", "127.0.0.2") == "none"


def test_macros() -> None:
    text = "UAG(ops) {$(WHO)} ASG($(GROUP=DEFAULT)) {RULE(1, READ) {UAG(ops)}}"
    for macros in ({"WHO": "anna"}, "WHO=anna", " WHO = anna , GROUP=DEFAULT"):
        access = AccessSecurity.from_text(text, macros)
        assert access.judge("anna", "127.0.0.1") == "read"
        assert access.judge("bob", "127.0.0.1") == "none"
    long = "UAG(ops) {" + ", ".join(f"user{number}" for number in range(500)) + ", $(WHO)}"
    access = AccessSecurity(long + "\nASG(DEFAULT) {RULE(1, READ) {UAG(ops)}}", {"WHO": "anna"})
    assert access.judge("anna", "127.0.0.1") == "read"
    assert access.judge("user499", "127.0.0.1") == "read"
    with pytest.raises(ValueError, match="a macro is not defined in the line UAG"):
        AccessSecurity(text, {"OTHER": "1"})
    with pytest.raises(ValueError, match="NAME=value"):
        AccessSecurity(text, "WHO")


def test_mistakes() -> None:
    with pytest.raises(ValueError, match=r"No User Access Group named 'nobody' defined"):
        AccessSecurity("ASG(DEFAULT) {RULE(1, READ) {UAG(nobody)}}")
    with pytest.raises(ValueError, match=r"mistake of syntax|syntax error"):
        AccessSecurity("ASG(DEFAULT) {RULE(1, READ")
    # what follows is not spoilt by it
    assert AccessSecurity(RULES).judge("carl", "127.5.5.5") == "write"


def test_several_rules_at_once() -> None:
    first, second = AccessSecurity(RULES), AccessSecurity("ASG(DEFAULT) {RULE(1, READ)}")
    for _ in range(3):
        assert first.judge("carl", "127.5.5.5") == "write"
        assert second.judge("carl", "127.5.5.5") == "read"
    del second
    assert first.judge("carl", "127.5.5.5") == "write"


def test_file(tmp_path: Path) -> None:
    file = tmp_path / "site.acf"
    file.write_text("UAG(ops) {$(WHO)} ASG(DEFAULT) {RULE(1, READ) {UAG(ops)}}")
    access = AccessSecurity.from_file(file, {"WHO": "anna"})
    assert access.judge("anna", "127.0.0.1") == "read"
    file.write_text("UAG(ops) {$(WHO)} ASG(DEFAULT) {RULE(1, WRITE) {UAG(ops)}}")
    access.reload()
    assert access.judge("anna", "127.0.0.1") == "write"
    file.write_text("ASG(DEFAULT) {RULE(1, READ) {UAG(nobody)}}")
    with pytest.raises(ValueError, match=r"site.acf: .*No User Access Group"):
        access.reload()
    assert access.judge("anna", "127.0.0.1") == "write"
    with pytest.raises(FileNotFoundError):
        AccessSecurity.from_file(tmp_path / "none.acf")
    with pytest.raises(ValueError, match="site.acf"):
        AccessSecurity.from_file(str(file))


def test_reload_of_a_text() -> None:
    access = AccessSecurity("ASG(DEFAULT) {RULE(1, READ)}")
    access.reload()
    assert access.judge("anna", "127.0.0.1") == "read"
    access.reload("ASG(DEFAULT) {RULE(1, WRITE)}")
    assert access.judge("anna", "127.0.0.1") == "write"


@pytest.mark.parametrize(
    ("peer", "host"),
    [
        ("127.0.0.1:5075", "127.0.0.1"),
        ("[::1]:5075", "::1"),
        ("[::ffff:10.0.3.7]:5075", "10.0.3.7"),
        ("somewhere:5075", "somewhere"),
    ],
)
def test_host_of_a_peer(peer: str, host: str) -> None:
    assert host_of(peer) == host
