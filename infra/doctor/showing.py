"""What was found, on a terminal or as JSON. Pure."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from textwrap import wrap
from typing import Final

from usher.doctor.model import Finding, State, healthy, worst

WIDTH: Final = 100
MARKS: Final = {State.BROKEN: "✖", State.ATTENTION: "!", State.UNKNOWN: "?", State.WELL: "✔"}
COLORS: Final = {State.BROKEN: 31, State.ATTENTION: 33, State.UNKNOWN: 36, State.WELL: 32}
_TIME: Final = re.compile(r"<t:(\d+):\w>")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""What would be an order to a terminal, in names that others chose."""
_MARKDOWN: Final = re.compile(r"\*\*|\\(?=[!-/:-@\[-`{-~])")


def lines(findings: Sequence[Finding], *, color: bool) -> Iterable[str]:
    """Write findings by area, the worst of each first, and how many there are of each state."""
    areas = dict.fromkeys(one.area for one in findings)
    order = [*State]
    for area in areas:
        yield area
        some = sorted(
            (one for one in findings if one.area == area), key=lambda one: order.index(one.state)
        )
        for one in some:
            yield from _finding(one, color=color)
    counts = [(state, sum(one.state is state for one in findings)) for state in State]
    yield ", ".join(f"{number} {state.value}" for state, number in counts if number) or "nothing"


def as_json(findings: Sequence[Finding], stack: str, now: datetime) -> str:
    """Write findings for programs."""
    told = [
        {
            "area": one.area,
            "what": plain(one.what),
            "state": one.state.value,
            "meaning": plain(one.meaning),
            "remedy": plain(one.remedy),
            "where": plain(one.where),
        }
        for one in findings
    ]
    body = {
        "stack": stack,
        "at": now.astimezone(UTC).isoformat(),
        "state": worst(findings).value,
        "healthy": healthy(findings),
        "findings": told,
    }
    return json.dumps(body, indent=2, ensure_ascii=False)


def plain(text: str) -> str:
    """Take Discord's markdown out of a sentence."""
    moments = _TIME.sub(lambda found: _moment(int(found[1])), text)
    return _CONTROL.sub("", _MARKDOWN.sub("", moments))


def _finding(one: Finding, *, color: bool) -> Iterable[str]:
    mark = f"{MARKS[one.state]} {one.state.value:<9}"
    if color:
        mark = f"\x1b[{COLORS[one.state]}m{mark}\x1b[0m"
    first, *rest = wrap(f"{plain(one.what)}: {plain(one.meaning)}", WIDTH - 15) or [""]
    yield f"  {mark}  {first}"
    yield from (f"{'':15}{line}" for line in rest)
    if one.remedy:
        begin, *more = wrap(plain(one.remedy), WIDTH - 17)
        yield f"{'':13}→ {begin}"
        yield from (f"{'':15}{line}" for line in more)


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
