"""Permissions, channels and roles: what is missing is said, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import GUILD
from tests.fakes.channels import channel
from tests.fakes.doctor import EVERYTHING, NOW, TALK, hall, server
from tests.fakes.rewards import OWN_ROLE, role
from usher.channels.model import Kind, Overwrite
from usher.doctor.facts import Settings
from usher.doctor.model import Repair, State
from usher.doctor.needs import demands, gifts, uses
from usher.doctor.permission_rules import (
    channel_findings,
    of_channel,
    permission_findings,
)
from usher.doctor.permissions import (
    BAN_MEMBERS,
    CREATE_INVITE,
    EMBED_LINKS,
    KICK_MEMBERS,
    MANAGE_CHANNELS,
    MANAGE_GUILD,
    MANAGE_ROLES,
    MODERATE_MEMBERS,
    NAMES,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    VIEW_AUDIT_LOG,
    each,
)
from usher.doctor.role_rules import role_findings
from usher.ids import ChannelId, RoleId
from usher.referrals.model import Campaign, CampaignId

NOTHING = Settings()
OFFER = Campaign(CampaignId("5"), GUILD, "Launch", NOW, NOW, channel_id=ChannelId("7"))
MODERATED = Settings(mod={"log_channel_id": "7"})
RANKED = Settings(guild={"rewards": "on"}, ranks={"9": "5"})


def asked(settings: Settings, *campaigns: Campaign, terms: tuple[str, ...] = ()) -> set[int]:
    return {one.bit for one in demands(settings, campaigns, terms, NOW)}


def test_nothing_is_asked_for_what_is_off() -> None:
    always = {MANAGE_GUILD, MANAGE_CHANNELS, VIEW_AUDIT_LOG}

    assert asked(NOTHING) == always
    assert asked(replace(RANKED, guild={})) == always
    assert asked(NOTHING, replace(OFFER, paused=True)) == always
    assert asked(NOTHING, replace(OFFER, active_to=NOW - timedelta(days=1))) == always


def test_each_feature_in_use_asks_for_what_it_needs() -> None:
    given = replace(OFFER, role_ids=(RoleId("9"),))

    assert MANAGE_ROLES in asked(RANKED)
    assert CREATE_INVITE in asked(NOTHING, OFFER)
    assert MANAGE_ROLES not in asked(NOTHING, OFFER)
    assert MANAGE_ROLES in asked(NOTHING, given)
    assert MANAGE_ROLES not in asked(NOTHING, replace(given, automatic_roles=False))
    assert {KICK_MEMBERS, BAN_MEMBERS, MODERATE_MEMBERS} <= asked(MODERATED)
    assert MANAGE_ROLES in asked(NOTHING, terms=("lock",))
    assert MANAGE_ROLES not in asked(NOTHING, terms=("slowmode",))


def test_who_holds_everything_is_well() -> None:
    wanted = demands(MODERATED, (OFFER,), ("lock",), NOW)

    [found] = permission_findings(server(), wanted)

    assert found.state is State.WELL


@pytest.mark.parametrize("bit", [MANAGE_GUILD, VIEW_AUDIT_LOG, MANAGE_CHANNELS, BAN_MEMBERS])
def test_a_missing_permission_is_named_with_feature_and_remedy(bit: int) -> None:
    wanted = demands(MODERATED, (), (), NOW)

    [found] = permission_findings(server(hall(EVERYTHING & ~bit)), wanted)

    vital = bit not in (VIEW_AUDIT_LOG, MANAGE_CHANNELS)
    assert found.state is (State.BROKEN if vital else State.ATTENTION)
    assert NAMES[bit] in found.meaning
    assert f"<@&{OWN_ROLE}>" in found.remedy


def test_a_permission_that_several_features_need_is_named_once() -> None:
    settings = replace(RANKED, mod={"log_channel_id": "7"})

    found = permission_findings(
        server(hall(EVERYTHING & ~MANAGE_ROLES)), demands(settings, (), ("lock",), NOW)
    )

    assert len(found) == 1
    assert "ranks" in found[0].meaning
    assert "locked" in found[0].meaning


def test_a_deleted_channel_is_told_and_can_be_forgotten() -> None:
    used = uses(Settings(guild={"join_log_channel_id": "7"}), (), NOW)

    [found] = channel_findings(server(), used)

    assert found.state is State.BROKEN
    assert found.repair is Repair.FORGET
    assert "the join log" in found.meaning
    assert "/invite notices joins" in found.remedy


@pytest.mark.parametrize("hidden", [frozenset({ChannelId("7")}), frozenset[ChannelId]()])
def test_a_channel_that_is_not_shown_is_not_said_to_be_well(hidden: frozenset[ChannelId]) -> None:
    [found] = of_channel(replace(server(), hidden=hidden), ChannelId("7"), ())

    assert found.state is State.ATTENTION
    assert "I do not see that channel" in found.meaning


def test_a_hidden_channel_is_not_taken_for_a_deleted_one() -> None:
    used = uses(Settings(guild={"join_log_channel_id": "7"}), (), NOW)
    there = replace(server(), hidden=frozenset({ChannelId("7")}))

    [found] = channel_findings(there, used)

    assert found.repair is None
    assert "View Channel" in found.meaning


def test_what_is_missing_in_a_channel_is_named_and_frames_alone_are_no_ruin() -> None:
    everyone = Overwrite(GUILD, deny=SEND_MESSAGES)
    framed = Overwrite(GUILD, deny=EMBED_LINKS)
    own = hall(MANAGE_GUILD)
    used = uses(MODERATED, (), NOW)

    [silent] = channel_findings(server(own, channel("7", everyone)), used)
    [plain] = channel_findings(server(own, channel("7", framed)), used)

    assert (silent.state, plain.state) == (State.BROKEN, State.ATTENTION)
    assert "Send Messages" in silent.meaning
    assert "Embed Links" in plain.meaning
    assert channel_findings(server(own, channel("7")), used)[0].state is State.WELL


def test_a_thread_needs_its_own_permission() -> None:
    thread = channel("7", kind=Kind.PUBLIC_THREAD, parent_id=ChannelId("8"))
    used = uses(Settings(guild={"join_log_channel_id": "7"}), (), NOW)

    [refused] = channel_findings(server(hall(TALK), channel("8"), thread), used)
    [well] = channel_findings(server(hall(TALK | SEND_IN_THREADS), channel("8"), thread), used)

    assert (refused.state, well.state) == (State.BROKEN, State.WELL)


def test_a_channel_that_serves_several_things_is_told_once() -> None:
    settings = Settings(
        guild={"join_log_channel_id": "7", "admin_channel_id": "7"}, mod={"log_channel_id": "7"}
    )

    [found] = channel_findings(server(), uses(settings, (), NOW))

    assert "the join log, what admins are told, the moderation log" in found.meaning


def test_one_channel_is_told_of_whether_it_is_used_or_not() -> None:
    own = hall(MANAGE_GUILD)
    here = channel("7", Overwrite(GUILD, deny=SEND_MESSAGES))

    used = of_channel(server(own, here), ChannelId("7"), uses(MODERATED, (), NOW))
    idle = of_channel(server(own, here), ChannelId("7"), ())

    assert [one.state for one in used] == [State.BROKEN, State.WELL]
    assert "not set to use it" in idle[0].meaning
    assert "Send Messages" in idle[0].meaning


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (role("9", 60), "is not below"),
        (role("9", 3, managed=True), "an integration manages it"),
        (role("9", 3, BAN_MEMBERS), "could harm the server"),
    ],
)
def test_a_role_that_cannot_be_given_says_why(given: object, words: str) -> None:
    there = server(hall(EVERYTHING, given))  # type: ignore[arg-type]  # a role

    [found] = role_findings(there.hall, gifts(RANKED, (), NOW), moderated=False)

    assert found.state is State.BROKEN
    assert words in found.meaning


def test_deleted_roles_are_told_and_a_rank_that_is_off_gives_nothing() -> None:
    gone = role_findings(server().hall, gifts(RANKED, (), NOW), moderated=False)
    off = role_findings(
        hall(EVERYTHING, role("9", 60)),
        gifts(replace(RANKED, guild={}), (), NOW),
        moderated=False,
    )

    assert [one.state for one in gone] == [State.BROKEN]
    assert gone[0].repair is Repair.FORGET
    assert [one.state for one in off] == [State.WELL]


def test_roles_above_are_told_of_where_members_are_moderated_but_not_the_staff_s() -> None:
    above = hall(EVERYTHING, role("9", 60), role("10", 70, BAN_MEMBERS))

    [found] = role_findings(above, (), moderated=True)

    assert found.state is State.ATTENTION
    assert "<@&9>" in found.meaning
    assert "<@&10>" not in found.meaning
    assert role_findings(above, (), moderated=False) == []


def test_permissions_without_a_name_are_left_out() -> None:
    assert each(MANAGE_GUILD | 1 << 60) == (MANAGE_GUILD,)
