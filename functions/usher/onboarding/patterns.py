r"""What form an answer must have: a few named forms, and a language too small to run away. Pure.

A pattern is one or more forms parted by `|`; a form is a row of characters, `.`, `\d`, `\w`, `\s`
and `[a-z]`, each perhaps followed by `?`, `*`, `+`, `{3}`, `{3,}` or `{3,5}`. There are no groups,
so an answer is held against it letter by letter, in a time that grows with its length alone; what
an admin types here runs in the same process as everybody's commands.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from usher.frozen import frozen

PATTERN_LENGTH: Final = 200
MOST_STEPS: Final = 400
"""Characters that a form can ask for one by one: `{400}` is the longest count."""

NAMED: Final = {
    "email": r"[^@\s,;<>]+@[^@\s,;<>.]+\.[^@\s,;<>]+",
    "url": r"https?://[^\s./]+\.[^\s]+",
    "number": r"[+-]?\d+|[+-]?\d*[.,]\d+",
    "date": r"\d{4}-[01]\d-[0-3]\d",
    "phone": r"\+?[\d ()/.-]{6,20}",
    "discord": r"[a-z0-9_.]{2,32}",
}
"""Forms that have a name; what an answer looks like is said in words (`words.py`)."""

_SPACES: Final = frozenset(" \t\n\r\f\v\u00a0")
_SPECIAL: Final = frozenset("()*+?{}[]|^$\\")

type _Fits = Callable[[str], bool]


class PatternError(ValueError):
    """A pattern is not of this language; `at` is where, counted from 0."""

    def __init__(self, at: int) -> None:
        super().__init__(f"at {at}")
        self.at = at


@frozen
class _Step:
    """One character of an answer."""

    fits: _Fits
    optional: bool
    again: bool
    """Any number of such characters may follow."""


def check(pattern: str) -> None:
    """Refuse what is no pattern; raises PatternError."""
    _forms(NAMED.get(pattern, pattern))


def matches(pattern: str, text: str) -> bool:
    """Whether a text as a whole has one of the forms; raises PatternError."""
    return any(_matches(form, text) for form in _forms(NAMED.get(pattern, pattern)))


def _matches(form: tuple[_Step, ...], text: str) -> bool:
    places = _onward(form, {0})
    for letter in text:
        reached: set[int] = set()
        for place in places:
            if place < len(form) and form[place].fits(letter):
                reached.add(place + 1)
                if form[place].again:
                    reached.add(place)
        places = _onward(form, reached)
        if not places:
            return False
    return len(form) in places


def _onward(form: tuple[_Step, ...], places: set[int]) -> set[int]:
    """Add the places that are reached without a character."""
    found = set(places)
    for place in range(len(form)):
        if place in found and form[place].optional:
            found.add(place + 1)
    return found


@lru_cache(maxsize=256)
def _forms(pattern: str) -> tuple[tuple[_Step, ...], ...]:
    if len(pattern) > PATTERN_LENGTH:
        raise PatternError(PATTERN_LENGTH)
    forms: list[tuple[_Step, ...]] = []
    steps: list[_Step] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "|":
            forms.append(tuple(steps))
            steps, at = [], at + 1
            continue
        fits, at = _letter(pattern, at)
        least, most, at = _count(pattern, at)
        steps += _steps(fits, least, most)
        if len(steps) > MOST_STEPS:
            raise PatternError(at)
    forms.append(tuple(steps))
    return tuple(forms)


def _steps(fits: _Fits, least: int, most: int | None) -> Iterator[_Step]:
    for number in range(least):
        yield _Step(fits, optional=False, again=most is None and number == least - 1)
    if most is None:
        if not least:
            yield _Step(fits, optional=True, again=True)
        return
    for _ in range(most - least):
        yield _Step(fits, optional=True, again=False)


def _letter(pattern: str, at: int) -> tuple[_Fits, int]:
    letter = pattern[at]
    if letter == "[":
        return _set(pattern, at)
    if letter == "\\":
        return _escaped(pattern, at)
    if letter == ".":
        return (lambda one: one != "\n"), at + 1
    if letter in _SPECIAL:
        raise PatternError(at)
    return letter.__eq__, at + 1


def _escaped(pattern: str, at: int) -> tuple[_Fits, int]:
    if at + 1 >= len(pattern):
        raise PatternError(at)
    letter = pattern[at + 1]
    if letter in _KINDS:
        return _KINDS[letter], at + 2
    if letter.isalnum():
        raise PatternError(at)
    return letter.__eq__, at + 2


def _set(pattern: str, at: int) -> tuple[_Fits, int]:
    """Read `[a-z_]` or `[^…]`."""
    begun, at = at, at + 1
    without = pattern[at : at + 1] == "^"
    at += without
    parts: list[_Fits] = []
    while at < len(pattern) and (pattern[at] != "]" or not parts):
        if pattern[at] == "\\":
            fits, at = _escaped(pattern, at)
        elif pattern[at + 1 : at + 2] == "-" and pattern[at + 2 : at + 3] not in ("", "]"):
            first, last = pattern[at], pattern[at + 2]
            if last < first or last == "\\":
                raise PatternError(at)
            fits, at = _between(first, last), at + 3
        else:
            fits, at = pattern[at].__eq__, at + 1
        parts.append(fits)
    if at >= len(pattern):
        raise PatternError(begun)
    return (lambda one: any(fits(one) for fits in parts) is not without), at + 1


def _between(first: str, last: str) -> _Fits:
    return lambda one: first <= one <= last


def _count(pattern: str, at: int) -> tuple[int, int | None, int]:
    """Read how often a character may stand there: at least, at most, and where to go on."""
    sign = pattern[at : at + 1]
    if sign in _SIGNS:
        least, most = _SIGNS[sign]
        return least, most, at + 1
    if sign != "{":
        return 1, 1, at
    inside, closed, _ = pattern[at + 1 :].partition("}")
    low, comma, high = inside.partition(",")
    if not closed or not _is_count(low) or (high and not _is_count(high)):
        raise PatternError(at)
    bound = int(high) if high else None if comma else int(low)
    if bound is not None and bound < int(low):
        raise PatternError(at)
    return int(low), bound, at + len(inside) + 2


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= MOST_STEPS


_KINDS: Final[dict[str, _Fits]] = {
    "d": lambda one: one in "0123456789",
    "w": lambda one: one == "_" or one.isalnum(),
    "s": lambda one: one in _SPACES,
}
_SIGNS: Final[dict[str, tuple[int, int | None]]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
