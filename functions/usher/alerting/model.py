"""What alarms are to whoever is told of them. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """States of an alarm, by CloudWatch's names."""

    ALARM = "ALARM"
    OK = "OK"
    NO_DATA = "INSUFFICIENT_DATA"


class Severity(StrEnum):
    """How soon somebody must look; by the words of alarms' names."""

    PAGE = "page"
    """Now: members notice, or something is being lost."""
    WARN = "warn"
    """In the next days."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alarm's last message told of it."""

    sentence: str = ""
    """What is wrong."""
    page: str = ""
    """Where the remedy is written, for example `docs/operations.md#listener`."""
    measured: str = ""
    """Value and threshold, or why the state changed, in words."""
    region: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """One change of an alarm's state."""

    at: datetime
    state: State
    before: State


@dataclass(frozen=True, slots=True)
class Change:
    """What CloudWatch told of one alarm."""

    alarm: str
    turn: Turn
    facts: Facts


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the topic was told and that neither begins nor ends: a budget, a test."""

    id: str
    """SNS's id of the message."""
    at: datetime
    title: str
    text: str
    fields: tuple[tuple[str, str], ...] = ()


type News = Change | Notice


@dataclass(frozen=True, slots=True)
class Incident:
    """From an alarm's beginning to its recovery, short recoveries in between included."""

    began: datetime
    ended: datetime | None = None
    times: int = 1
    """How often the alarm rang in it."""
    known: bool = True
    """Whether the beginning was told; otherwise only the recovery was, so far."""
    silent: bool = False
    """Whether CloudWatch lacks data to say how it stands."""

    def spans(self, moment: datetime) -> bool:
        """Say whether a moment belongs to it."""
        return self.began <= moment and (self.ended is None or moment <= self.ended)


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of one alarm."""

    turns: tuple[Turn, ...] = ()
    """Each once."""
    facts: Facts = field(default_factory=Facts)
    forgotten: datetime | None = None
    """Changes up to then were forgotten; one that comes again is not taken in."""


@dataclass(frozen=True, slots=True)
class Member:
    """An incident, as a message holds it: some moment of it, since its beginning may be learnt."""

    alarm: str
    anchor: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the channel."""

    id: str
    born: datetime
    members: tuple[Member, ...]
    shown: str
    """Fingerprint of what it shows."""
    many: bool = False
    """Whether it is a list of incidents."""
    called: bool = False
    """Whether something that cannot wait was on when it was posted."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that alerts remember, in one row: changed as a whole or not at all."""

    watches: dict[str, Watch] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    waiting: tuple[Notice, ...] = ()
    """Notices that were not posted yet."""
    noticed: tuple[str, ...] = ()
    """Ids of the last notices, posted or waiting."""
