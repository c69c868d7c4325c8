"""A command line with its options before all else, as a parser that knows no other order completes it."""

from __future__ import annotations

import argparse

__all__ = ["options_first"]

# Where there is one of these, the shell's words are not those between spaces.
_QUOTES = frozenset("'\"\\")


def options_first(line: str, parser: argparse.ArgumentParser, skip: int) -> str:
    """Return a line of the same words, and with the same last one, whose options come first.

    Args:
        line: ends where the cursor is.
        parser: knows which options take a word.
        skip: so many words come before those that the parser reads.
    """
    if _QUOTES.intersection(line):
        return line
    *words, last = line.split(" ") if line.endswith(" ") else line.split()
    words = [each for each in words if each]
    options: list[str] = []
    others: list[str] = []
    left = iter(words[skip:])
    for word in left:
        if word == "--":  # no option follows
            return line
        if word[:2] != "--" and word[:2] not in parser._option_string_actions:
            others.append(word)
            continue
        action = parser._option_string_actions.get(word)  # None: -Fjson, or --wait=3
        following = [next(left, "") for _ in range(_takes(action))]
        if "" in following:  # the last word is one that it takes
            return line
        options += [word, *following]
    return " ".join([*words[:skip], *options, *others, last])


def _takes(action: argparse.Action | None) -> int:
    if action is None:
        return 0
    return action.nargs if isinstance(action.nargs, int) else 1
