"""Ranks, rewards and milestones as managers set them, and what they are told."""

import pytest

from tests.fakes.rewards import OWNER, role
from tests.unit.command_worker.desk import ROLE as OWN_ROLE
from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MEMBER, option, user
from usher.credit.queries import Period, Tally
from usher.ids import GuildId, RoleId, UserId
from usher.rewards.hierarchy import ADMINISTRATOR, Obstacle
from usher.rewards.problems import Problem
from usher.rewards.ranks import Mode, Rank
from usher.slash.replies import Reply

HERE = GuildId(GUILD)
FRIEND = RoleId("2010000000000000201")
CHANNEL = "645027906669510667"


@pytest.fixture
def desk() -> Desk:
    """The asker's own highest role is at 40, Usher's at 50."""
    made = Desk()
    made.services.halls.put(role(FRIEND, 10), role(OWN_ROLE, 40))
    return made


def add(desk: Desk, role_id: str = FRIEND, invites: int = 10, **more: object) -> Reply:
    found = desk.services.halls.roles.get(RoleId(role_id))
    resolved = {"roles": {role_id: {"id": role_id, "name": found.name if found else "x"}}}
    options = (option("role", role_id, 8), option("invites", invites, 4))
    return desk.run("invite rank add", *options, resolved=resolved, **more)  # type: ignore[arg-type]


def ranks(desk: Desk) -> tuple[Rank, ...]:
    return desk.services.rewards.settings(HERE).ranks


def test_a_rank_is_made_changed_and_removed(desk: Desk) -> None:
    assert "10 invites" in words(add(desk))
    assert "`/invite rewards status: ON`" in words(add(desk, invites=12))
    assert ranks(desk) == (Rank(FRIEND, 12),)

    assert "no rank any more" in words(desk.run("invite rank remove", option("role", FRIEND, 8)))
    assert ranks(desk) == ()
    assert "is no rank" in words(desk.run("invite rank remove", option("role", FRIEND, 8)))


@pytest.mark.parametrize(
    ("position", "managed", "told"),
    [
        (50, False, "not below my own role"),
        (60, False, "not below my own role"),
        (10, True, "manages it"),
        (40, False, "not below your own"),
        (45, False, "not below your own"),
    ],
)
def test_a_role_that_cannot_be_given_is_refused_with_the_reason(
    desk: Desk, position: int, managed: bool, told: str
) -> None:
    desk.services.halls.put(role(FRIEND, position, managed=managed))

    assert told in words(add(desk))
    assert ranks(desk) == ()


def test_everyone_and_deleted_roles_are_refused(desk: Desk) -> None:
    assert "every member" in words(add(desk, GUILD))
    assert "deleted" in words(add(desk, "2010000000000000299"))
    desk.services.halls.inside = False
    assert "cannot read" in words(add(desk))
    assert ranks(desk) == ()


def test_a_role_that_can_harm_the_server_is_for_its_owner_to_allow(desk: Desk) -> None:
    # Given a role of administrators
    desk.services.halls.put(role(FRIEND, 10, ADMINISTRATOR))

    # When somebody who is not the owner wants it given
    assert "Only the server's owner" in words(add(desk))
    assert ranks(desk) == ()

    # And when the owner does, and says so again
    owner = _member(OWNER)
    asked = add(desk, member=owner)
    assert "Administrator" in words(asked)
    assert ranks(desk) == ()
    done = desk.press(asked, "Make it a rank anyway", member=owner)

    # Then
    assert "10 invites" in words(done)
    assert ranks(desk) == (Rank(FRIEND, 10, trusted=True),)


def test_there_are_at_most_25_ranks(desk: Desk) -> None:
    for number in range(25):
        role_id = str(2010000000000000300 + number)
        desk.services.halls.put(role(role_id, 5))
        add(desk, role_id, number + 1)

    assert "at most 25" in words(add(desk))
    assert "is the rank for **7 invites**" in words(add(desk, "2010000000000000300", 7))
    assert len(ranks(desk)) == 25


def test_rewards_are_switched_on_after_discord_s_policy_was_shown(desk: Desk) -> None:
    asked = desk.run("invite rewards", option("status", "ON"))
    assert "platform manipulation" in words(asked)
    assert not desk.services.rewards.settings(HERE).on

    panel = desk.press(asked, "Switch rewards on")
    assert "**on**" in words(panel)
    assert desk.services.rewards.settings(HERE).on
    assert "**on**" in words(desk.run("invite rewards", option("status", "ON")))

    assert "**off**" in words(desk.run("invite rewards", option("status", "OFF")))
    assert not desk.services.rewards.settings(HERE).on


def test_mode_and_channel_are_set_together_with_the_rest(desk: Desk) -> None:
    panel = desk.run("invite rewards", option("mode", "highest"), option("channel", CHANNEL, 7))

    assert f"<#{CHANNEL}>" in words(panel)
    settings = desk.services.rewards.settings(HERE)
    assert (settings.mode, settings.admin_channel_id) == (Mode.HIGHEST, CHANNEL)
    desk.run("invite rewards", option("mode", "stack"))
    assert desk.services.rewards.settings(HERE).mode is Mode.STACK


def test_the_panel_tells_what_is_wrong_and_forgets_deleted_roles(desk: Desk) -> None:
    # Given a rank whose role is deleted
    add(desk)
    desk.press(desk.run("invite rewards", option("status", "ON")), "Switch rewards on")
    del desk.services.halls.roles[FRIEND]
    desk.services.rewards.lasting = (Problem(FRIEND, Obstacle.GONE),)

    panel = desk.run("invite rewards")
    assert "deleted" in words(panel)
    after = desk.press(panel, "Forget ranks of deleted roles")

    assert ranks(desk) == ()
    assert "Forget ranks of deleted roles" not in labels(after)


def test_what_was_mended_is_tried_again_at_a_press(desk: Desk) -> None:
    add(desk)
    desk.press(desk.run("invite rewards", option("status", "ON")), "Switch rewards on")
    desk.services.rewards.lasting = (Problem(FRIEND, Obstacle.ABOVE),)
    done = len(desk.services.deeds.done)

    panel = desk.run("invite rewards")
    assert labels(panel) == {"Try again now": True}
    assert "looked at" in words(desk.press(panel, "Try again now"))

    assert len(desk.services.deeds.done) == done + 1


def test_who_may_not_manage_the_server_sets_nothing(desk: Desk) -> None:
    asked = desk.run("invite rewards", option("status", "ON"))

    assert "Manage Server" in desk.refused(asked, "Switch rewards on", rights=0)
    assert not desk.services.rewards.settings(HERE).on


def test_a_channel_switches_milestones_on_and_a_button_off(desk: Desk) -> None:
    assert "nowhere" in words(desk.run("invite milestone channel"))
    desk.run("invite milestone channel", option("channel", CHANNEL, 7))
    settings = desk.services.rewards.settings(HERE)
    assert (settings.milestone_channel_id, settings.milestones_since) == (CHANNEL, NOW)

    shown = desk.run("invite milestone channel")
    assert "1, 10, 50" in words(shown)
    desk.press(shown, "Tell no milestones")
    assert desk.services.rewards.settings(HERE).milestone_channel_id is None


def test_the_text_is_changed_shown_and_put_back(desk: Desk) -> None:
    desk.services.credit.put(GUILD, Period.ALL, MEMBER, Tally(tracked=3))

    saved = desk.run(
        "invite milestone message", option("message", "Well done {member}: {invites} {nonsense}")
    )

    assert f"Well done <@{MEMBER}>: 3 {{nonsense}}" in words(saved)
    assert "`{nonsense}` stays as typed" in words(saved)
    assert "Well done" in words(desk.run("invite milestone preview"))
    shown = desk.run("invite milestone message")
    assert "has reached" in words(desk.press(shown, "Use the standard text"))
    assert "must not be empty" in words(
        desk.run("invite milestone message", option("message", "  "))
    )


def test_numbers_are_chosen(desk: Desk) -> None:
    done = desk.run("invite milestone numbers", option("numbers", "5, 1, 500"))

    assert "first invite, 5 invites, 500 invites" in words(done)
    assert desk.services.rewards.settings(HERE).milestone_numbers == (1, 5, 500)
    refused = desk.run("invite milestone numbers", option("numbers", "many"))
    assert "whole numbers" in words(refused)


def test_a_busy_worker_is_told(desk: Desk) -> None:
    desk.services.deeds.busy = True

    assert "noted" in words(add(desk))


def _member(user_id: UserId) -> dict[str, object]:
    return {
        "user": user(user_id),
        "roles": [],
        "permissions": str(1 << 5),
        "joined_at": "2017-03-13T19:19:14.040000+00:00",
        "nick": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
