"""What was found, as a member reads it: the worst first, what is well in a few lines. Pure."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from usher.doctor.model import Finding, State, worst
from usher.slash.replies import Embed
from usher.slash.say import later, say, say_count

PAGE: Final = 7
"""Findings of a page: each has two sentences, and phones are narrow."""

MARKS: Final = {
    State.BROKEN: "🔴",
    State.ATTENTION: "🟡",
    State.UNKNOWN: "⚪",
    State.WELL: "🟢",
}
STATES: Final = {
    State.BROKEN: later("Broken"),
    State.ATTENTION: later("Attention"),
    State.UNKNOWN: later("Not known"),
    State.WELL: later("Well"),
}
COLORS: Final = {
    State.BROKEN: 0xED4245,
    State.ATTENTION: 0xFEE75C,
    State.UNKNOWN: 0x99AAB5,
    State.WELL: 0x57F287,
}


def pages_of(findings: Sequence[Finding]) -> int:
    """Say how many pages there are."""
    return max(1, -(-len(_wrong(findings)) // PAGE))


def page_of(findings: Sequence[Finding], page: int) -> Embed:
    """Write a page, from 1; what is well stands on the last."""
    wrong, pages = _wrong(findings), pages_of(findings)
    page = min(max(page, 1), pages)
    shown = wrong[(page - 1) * PAGE : page * PAGE]
    parts = [_head(wrong), *_groups(shown)]
    if page == pages:
        parts.append(_well([one for one in findings if one.state is State.WELL]))
    footer = say("Page {page} of {pages}", page=page, pages=pages) if pages > 1 else ""
    return Embed(
        "\n\n".join(part for part in parts if part),
        say("Health check"),
        footer=footer,
        color=COLORS[worst(findings)],
    )


def _wrong(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.state is not State.WELL]


def _head(wrong: Sequence[Finding]) -> str:
    if not wrong:
        return f"{MARKS[State.WELL]} **{say('Everything is well.')}**"
    broken = sum(one.state is State.BROKEN for one in wrong)
    rest = len(wrong) - broken
    said = []
    if broken:
        said.append(say_count("{number} thing is broken", "{number} things are broken", broken))
    if rest:
        said.append(
            say_count("{number} needs attention", "{number} need attention", rest)
            if broken
            else say_count("{number} thing needs attention", "{number} things need attention", rest)
        )
    return f"**{', '.join(said)}.**"


def _groups(findings: Sequence[Finding]) -> Iterable[str]:
    """Write findings of one area and state under one head."""
    for (state, area), some in groupby(findings, key=lambda one: (one.state, one.area)):
        lines = [f"{MARKS[state]} **{say(STATES[state])} · {area}**"]
        # a remedy that several in a row have is said once, after the last
        for remedy, alike in groupby(some, key=lambda one: one.remedy):
            lines += [f"• {one.meaning}" for one in alike]
            lines += [f"→ {remedy}"] if remedy else []
        yield "\n".join(lines)


def _well(findings: Sequence[Finding]) -> str:
    return "\n".join(f"{MARKS[State.WELL]} {one.meaning}" for one in findings)
