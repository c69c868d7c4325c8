"""A small language of conditions on a PV: ``value > 3 and alarm.severity == 0``.

Its text is Python's, read by ``ast``. Nothing but what is listed here has a meaning: no call but of a few
functions, no name but the PV's fields, so that an expression can neither do anything nor take for ever.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from aiopvxs_core.data import Value

from ._format import plain

__all__ = ["Expression"]

_MISSING: Any = object()
_LONGEST = 10_000

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "len": len,
    "max": max,
    "min": min,
    "sum": sum,
    "any": any,
    "all": all,
}
_CONSTANTS = (bool, int, float, str)
_NODES = (
    *(ast.BoolOp, ast.And, ast.Or, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.IfExp, ast.Constant),
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Load),
    *_BINARY,
    *_UNARY,
    *_COMPARE,
)


class Expression:
    """A condition, to be asked of one update after another.

    Raises:
        ValueError: it is malformed, or uses what the language does not have; the text says what.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > _LONGEST:
            raise ValueError(f"The expression is longer than {_LONGEST} characters")
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
            why = exc.msg if isinstance(exc, SyntaxError) else exc  # without "<unknown>, line 1"
            raise ValueError(f"{text!r} is no expression: {why}") from None
        for node in ast.walk(self._tree):
            _check(text, node)

    def __call__(self, value: Value) -> bool:
        """Tell whether it is true of an update.

        Raises:
            ValueError: it cannot be said; the text tells why.
        """
        try:
            return bool(self._of(self._tree, value))
        except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError, MemoryError) as exc:
            raise ValueError(f"{self.text!r} cannot be answered: {exc}") from None

    def _of(self, node: ast.AST, value: Value) -> Any:
        make = _READERS.get(type(node))
        if make is None:
            raise TypeError(f"{type(node).__name__} has no meaning here")
        return make(self, node, value)

    def _bool_op(self, node: ast.BoolOp, value: Value) -> Any:
        stop_at = isinstance(node.op, ast.Or)
        found: Any = None
        for each in node.values:
            found = self._of(each, value)
            if bool(found) is stop_at:
                break
        return found

    def _bin_op(self, node: ast.BinOp, value: Value) -> Any:
        left, right = self._of(node.left, value), self._of(node.right, value)
        if isinstance(node.op, ast.Mult) and not (_number(left) and _number(right)):
            raise TypeError("only numbers can be multiplied")
        if isinstance(node.op, ast.Mod) and not _number(left):
            raise TypeError("only numbers have a remainder")
        return _BINARY[type(node.op)](left, right)

    def _unary_op(self, node: ast.UnaryOp, value: Value) -> Any:
        return _UNARY[type(node.op)](self._of(node.operand, value))

    def _compare(self, node: ast.Compare, value: Value) -> bool:
        left = self._of(node.left, value)
        for how, each in zip(node.ops, node.comparators, strict=True):
            right = self._of(each, value)
            if not _COMPARE[type(how)](left, right):
                return False
            left = right
        return True

    def _if_exp(self, node: ast.IfExp, value: Value) -> Any:
        return self._of(node.body if self._of(node.test, value) else node.orelse, value)

    def _call(self, node: ast.Call, value: Value) -> Any:
        assert isinstance(node.func, ast.Name)
        return _FUNCTIONS[node.func.id](*(self._of(each, value) for each in node.args))

    def _constant(self, node: ast.Constant, _value: Value) -> Any:
        return node.value

    def _path(self, node: ast.Name | ast.Attribute, value: Value) -> Any:
        path = _dotted(node)
        if path == "value":
            return plain(value)
        found = value.as_py(path, default=_MISSING)
        if found is _MISSING:
            raise ValueError(f"the PV has no field {path!r}; it has {', '.join(value.keys())}")
        return found

    def _subscript(self, node: ast.Subscript, value: Value) -> Any:
        return self._of(node.value, value)[self._of(node.slice, value)]

    def _slice(self, node: ast.Slice, value: Value) -> slice:
        parts = (node.lower, node.upper, node.step)
        return slice(*(None if each is None else self._of(each, value) for each in parts))

    def _list(self, node: ast.List | ast.Tuple, value: Value) -> list[Any]:
        return [self._of(each, value) for each in node.elts]


_READERS: Mapping[type[ast.AST], Callable[[Expression, Any, Value], Any]] = {
    ast.BoolOp: Expression._bool_op,
    ast.BinOp: Expression._bin_op,
    ast.UnaryOp: Expression._unary_op,
    ast.Compare: Expression._compare,
    ast.IfExp: Expression._if_exp,
    ast.Call: Expression._call,
    ast.Constant: Expression._constant,
    ast.Name: Expression._path,
    ast.Attribute: Expression._path,
    ast.Subscript: Expression._subscript,
    ast.Slice: Expression._slice,
    ast.List: Expression._list,
    ast.Tuple: Expression._list,
}


def _number(value: object) -> bool:
    return isinstance(value, (bool, int, float))


def _check(text: str, node: ast.AST) -> None:
    if not isinstance(node, _NODES):
        raise ValueError(f"{text!r}: {type(node).__name__} has no meaning in an expression")
    if isinstance(node, ast.Constant) and not isinstance(node.value, _CONSTANTS):
        raise ValueError(f"{text!r}: {node.value!r} is neither a number, a text, True nor False")
    if isinstance(node, ast.Attribute):
        _dotted(node)
    if isinstance(node, ast.Call):
        known = isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
        if not known or node.keywords:
            raise ValueError(f"{text!r}: the functions there are are {', '.join(_FUNCTIONS)}")


def _dotted(node: ast.expr) -> str:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise ValueError("a dot stands between the names of fields only")
    return ".".join([node.id, *reversed(names)])
