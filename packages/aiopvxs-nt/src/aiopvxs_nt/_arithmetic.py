"""Arithmetic with readings, which is that of their values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

__all__ = ["Arithmetic"]

_Binary = Callable[[Any, Any], Any]
_Unary = Callable[[Any], Any]


def _left(operation: _Binary) -> _Binary:
    def calculate(self: Any, other: Any) -> Any:
        return operation(self.value, _plain(other))

    return calculate


def _right(operation: _Binary) -> _Binary:
    def calculate(self: Any, other: Any) -> Any:
        return operation(other, self.value)

    return calculate


def _alone(operation: _Unary) -> _Unary:
    def calculate(self: Any) -> Any:
        return operation(self.value)

    return calculate


class Arithmetic:
    """Gives a reading the operators of its ``value``; what comes out is plain, without alarm and time."""

    __slots__ = ()

    __add__, __radd__ = _left(operator.add), _right(operator.add)
    __sub__, __rsub__ = _left(operator.sub), _right(operator.sub)
    __mul__, __rmul__ = _left(operator.mul), _right(operator.mul)
    __truediv__, __rtruediv__ = _left(operator.truediv), _right(operator.truediv)
    __floordiv__, __rfloordiv__ = _left(operator.floordiv), _right(operator.floordiv)
    __mod__, __rmod__ = _left(operator.mod), _right(operator.mod)
    __divmod__, __rdivmod__ = _left(divmod), _right(divmod)
    __pow__, __rpow__ = _left(operator.pow), _right(operator.pow)
    __matmul__, __rmatmul__ = _left(operator.matmul), _right(operator.matmul)
    __and__, __rand__ = _left(operator.and_), _right(operator.and_)
    __or__, __ror__ = _left(operator.or_), _right(operator.or_)
    __xor__, __rxor__ = _left(operator.xor), _right(operator.xor)
    __lshift__, __rlshift__ = _left(operator.lshift), _right(operator.lshift)
    __rshift__, __rrshift__ = _left(operator.rshift), _right(operator.rshift)
    __neg__, __pos__ = _alone(operator.neg), _alone(operator.pos)
    __abs__, __invert__ = _alone(abs), _alone(operator.invert)


def _plain(other: object) -> Any:
    return other.value if isinstance(other, Arithmetic) else other  # type: ignore[attr-defined]
