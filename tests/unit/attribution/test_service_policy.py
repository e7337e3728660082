"""New invites are held against the policy once they are written, whatever breaks off."""

from dataclasses import replace

import pytest

from tests.builders import GUILD, at, observe, row
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.ports import GuildSettings
from usher.contracts.effect import CheckInvite
from usher.contracts.observation import InviteCreated
from usher.ids import ChannelId
from usher.policy.rules import Policy

POLICY = Policy(longest=3600)
MADE = observe(
    InviteCreated(replace(row("abc"), max_age=0), at(5)),
    InviteCreated(replace(row("def"), max_age=60), at(5)),
    id="made",
)


def worker(policy: Policy = POLICY) -> Worker:
    there = Worker()
    assert isinstance(there.guilds, FakeGuilds)
    there.guilds.configured[GUILD] = GuildSettings(
        members_search=False, notice_channel_id=ChannelId("77"), policy=policy
    )
    return there


def ordered(there: Worker) -> list[str]:
    return [one.code for one in there.effects.sent if isinstance(one, CheckInvite)]


def test_what_may_break_the_policy_is_looked_at() -> None:
    there = worker()

    assert there.handle(MADE).effects == 1
    assert ordered(there) == ["abc"]


def test_without_a_policy_nothing_is_looked_at() -> None:
    there = worker(Policy())

    there.handle(MADE)
    assert ordered(there) == []


@pytest.mark.parametrize("step", range(1, 6))
def test_a_crash_at_any_step_loses_no_look(step: int) -> None:
    there = worker()
    there.burn(Fuse(step))
    try:
        there.handle(MADE)
    except BrokenOffError:
        there.burn(Fuse())
        there.handle(MADE)

    assert set(ordered(there)) == {"abc"}
