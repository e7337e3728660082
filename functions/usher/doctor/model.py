"""What the doctor finds, whoever asks: the slash command or the command line. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ProbeError(Exception):
    """Something could not be asked; `why` is a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class State(StrEnum):
    """How something stands, worst first."""

    BROKEN = "broken"
    """Something that is wanted does not work."""
    ATTENTION = "attention"
    """It works, but not as well as it could, or not for long."""
    UNKNOWN = "unknown"
    """It could not be asked."""
    WELL = "well"
    """Nothing is to be done."""


class Repair(StrEnum):
    """What Usher can put right by itself, safely, where somebody wants it."""

    LOOK = "look"
    """Look at the invites now, and take Discord's counts over."""
    FORGET = "forget"
    """Forget settings that name what is deleted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. What is said is ready to be read: sentences, in one language.

    What is in it of others is harmless already, where it is shown by Discord.
    """

    area: str
    """Under which title it stands."""
    what: str
    """What was looked at, in a few words."""
    state: State
    meaning: str
    """One sentence."""
    remedy: str = ""
    """One sentence that says what to do; empty where there is nothing to do."""
    where: str = ""
    """The channel, role, queue or function, where the meaning does not name it."""
    repair: Repair | None = None


ORDER: Final = {state: place for place, state in enumerate(State)}


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings: the worst first, those of an area together as they were found."""
    return tuple(sorted(findings, key=lambda one: ORDER[one.state]))


def worst(findings: Iterable[Finding]) -> State:
    """Say how it stands on the whole; well where nothing was found."""
    return min((one.state for one in findings), key=ORDER.__getitem__, default=State.WELL)


def healthy(findings: Iterable[Finding]) -> bool:
    """Whether nothing is broken and everything could be asked."""
    return all(one.state in (State.WELL, State.ATTENTION) for one in findings)
