"""All that may happen to the event worker, as messages of two guilds: what crashes are tried on."""

from dataclasses import replace

from tests.builders import GUILD, at, joined, left, look, observe, person, row
from tests.fakes.fifo import Message, message
from tests.fakes.story import story
from usher.contracts.observation import MemberFound, MemberSearched, Observation
from usher.ids import GuildId, InviteCode, UserId

OTHER = GuildId("2")


def saga() -> tuple[Message, ...]:
    """Return a guild's whole day, with poison, an absence and Discord's record, beside another's.

    The story itself has bursts, leaves, rejoins, corrections, credit without a pairing and a
    group that is reopened.
    """
    day = story()
    again = replace(day[1], id="other-listener")
    there = _beside()
    return (
        message(day[0]),
        message(there[0]),
        *map(message, day[1:4]),
        message(again),
        message(there[1]),
        message(day[2]),  # came twice
        *map(message, day[4:]),
        Message("m-poison", GUILD, "poison"),
        message(there[2]),
        *map(message, _after()),
    )


def short_saga() -> tuple[Message, ...]:
    """Return the least of it that has every kind of call, for a slow emulation."""
    day, after = story(), _after()
    seen = look(row("abc", 8), row("one", 0, "902", 1), seconds=39)
    return (
        message(day[0]),
        message(day[1]),
        # several transactions, a leave and a return, an invite that vanished
        message(
            observe(
                *(joined(str(100 + n), 30 + n) for n in range(4)),
                left("1", 35),
                joined("1", 36),
                look=seen,
                seconds=39,
            )
        ),
        # late, with all that was closed opened again
        message(observe(joined("301", 35.5), seconds=53)),
        Message("m-poison", GUILD, "poison"),
        message(after[1]),
        message(after[2]),
    )


def given_up() -> tuple[Message, ...]:
    """Return a beginning, a burst of many codes, and what comes when that burst is given up."""
    codes = [row(f"code{number:02}", 0) for number in range(20)]
    risen = [row(one.code, 1) for one in codes[:2]]
    made = [row(f"made{number:02}", 0) for number in range(15)]
    return (
        message(observe(look=look(*codes, seconds=-700), seconds=-700)),
        message(
            observe(
                *(joined(str(100 + number), 30 + number) for number in range(2)),
                look=look(*risen, *made, seconds=39, full=False),
                seconds=39,
            )
        ),
        message(observe(left("100", 41), seconds=42)),
    )


def _after() -> tuple[Observation, ...]:
    """After the poison: an uncertain join, an absence that is read, and what Discord knows."""
    rows = (row("abc", 15), row("def", 3, "901"))
    found = MemberFound(person("600"), joined_at=at(95), at=at(131))
    known = (("300", 50.0, "def", "901"), ("500", 81.0, "def", "901"), ("600", 95.0, "abc", "900"))
    searched = [
        MemberSearched(person(user), at(seconds), at(160), 5, InviteCode(code), UserId(inviter))
        for user, seconds, code, inviter in known
    ]
    return (
        observe(joined("500", 81), look=look(*rows, seconds=82), seconds=82),
        replace(observe(look=look(row("abc", 16), rows[1], seconds=130), seconds=130), gap=True),
        observe(found, seconds=131),
        observe(*searched, seconds=160),
        observe(left("600", 170), seconds=170),
    )


def _beside() -> tuple[Observation, ...]:
    return (
        observe(look=look(row("xyz", 1), seconds=-700), seconds=-700, guild=OTHER),
        observe(joined("1", 10), look=look(row("xyz", 2)), guild=OTHER),
        observe(
            left("1", 60),
            joined("1", 61),
            look=look(row("xyz", 3), seconds=62),
            seconds=62,
            guild=OTHER,
        ),
    )
