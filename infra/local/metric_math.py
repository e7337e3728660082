"""CloudWatch's metric math, as much of it as the alarms use (CloudWatch: Using metric math).

Every expression is worked out point by point. What is reckoned with a point that is missing is
missing too, but for FILL; so is a division by zero.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

type Point = float | None
"""A value of one period, or that there is none."""
type Values = Sequence[Point]
"""A value a period, oldest first."""

_WORDS: Final = {"AND": "and", "OR": "or", "&&": " and ", "||": " or "}
_WORD: Final = re.compile(r"\b(?:AND|OR)\b|&&|\|\|")
_REPEAT: Final = "REPEAT"


class MathError(ValueError):
    """An expression that CloudWatch, or this, does not know."""


def names(expression: str) -> frozenset[str]:
    """Name the metrics of an expression by their ids; raises MathError."""
    found = (node.id for node in ast.walk(_parse(expression)) if isinstance(node, ast.Name))
    return frozenset(found) - _FUNCTIONS.keys() - {"IF", "FILL", _REPEAT}


def evaluate(expression: str, series: Mapping[str, Values]) -> list[Point]:
    """Work out an expression over series of the same periods; raises MathError."""
    tree = _parse(expression)
    if unknown := sorted(names(expression) - series.keys()):
        raise MathError(f"no such metric: {', '.join(unknown)}")
    length = max((len(values) for values in series.values()), default=0)
    points = ({name: values[n] for name, values in series.items()} for n in range(length))
    return [_at(tree, point) for point in points]


def _parse(expression: str) -> ast.expr:
    written = _WORD.sub(lambda word: _WORDS[word.group()], expression.replace("^", "**"))
    try:
        return ast.parse(written.strip(), mode="eval").body
    except SyntaxError as error:
        raise MathError(f"cannot be read: {expression}") from error


def _at(node: ast.expr, point: Mapping[str, Point]) -> Point:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name):
            return point[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _reckon(operator.neg, _at(operand, point))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _reckon(_OPERATORS[type(op)], _at(left, point), _at(right, point))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return _reckon(_COMPARISONS[type(op)], _at(left, point), _at(right, point))
        case ast.BoolOp(op=op, values=values):
            found = [_at(value, point) for value in values]
            return _all(found) if isinstance(op, ast.And) else _any(found)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _call(name, arguments, point)
    raise MathError(f"not known: {ast.unparse(node)}")


def _call(name: str, arguments: Sequence[ast.expr], point: Mapping[str, Point]) -> Point:
    match name, arguments:
        case "IF", [condition, then, otherwise]:
            held = _at(condition, point)
            return None if held is None else _at(then if held else otherwise, point)
        case "FILL", [metric, filling]:
            if isinstance(filling, ast.Name) and filling.id == _REPEAT:
                raise MathError("FILL(..., REPEAT) has no value before the first")
            value = _at(metric, point)
            return _at(filling, point) if value is None else value
        case _, [ast.List(elts=elements)] if name in _FUNCTIONS:
            found = [value for one in elements if (value := _at(one, point)) is not None]
            return float(_FUNCTIONS[name](found)) if found else None
    raise MathError(f"not known: {name}")


def _reckon(act: Callable[..., float], *operands: Point) -> Point:
    if any(operand is None for operand in operands):
        return None
    try:
        return float(act(*operands))
    except ZeroDivisionError:
        return None


def _all(found: Sequence[Point]) -> Point:
    return None if None in found else float(all(found))


def _any(found: Sequence[Point]) -> Point:
    return None if None in found else float(any(found))


_OPERATORS: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
}
