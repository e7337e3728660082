"""/doctor and /setup through the worker's door."""

from dataclasses import replace

import pytest

from tests.fakes.channels import channel
from tests.fakes.doctor import EVERYTHING, hall, server
from tests.fakes.rewards import OWN_ROLE, role
from tests.unit.command_worker.desk import Desk, words
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, interaction, option
from usher.attribution.sync_ports import LookRefusedError, Repaired
from usher.channels.bits import SEND_MESSAGES
from usher.channels.model import Channel, Kind, Overwrite
from usher.doctor.facts import Settings
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.slash.replies import Reply

HERE = ChannelId("7")
LANGUAGE = {"welcome#locale": "en-GB"}
"""The member's own."""


def parts(reply: Reply) -> list[dict[str, object]]:
    rows = [row["components"] for row in reply.components]
    return [one for row in rows if isinstance(row, list) for one in row]


def shown(reply: Reply) -> list[str]:
    return [str(one["label"]) for one in parts(reply) if one["type"] == 2]


def settings(desk: Desk) -> dict[str, str]:
    return {name: value for (_, name), (value, _, _) in desk.services.staff.settings.items()}


def choose(desk: Desk, reply: Reply, placeholder: str, *values: str, refused: bool = False) -> str:
    """Choose in a menu; what the message, or the sentence beside it, then says."""
    [menu] = [one for one in parts(reply) if one.get("placeholder") == placeholder]
    data = {"custom_id": menu["custom_id"], "component_type": menu["type"], "id": 2}
    asked = interaction(3, data | {"values": [*values]}, permissions=MANAGE_GUILD)
    if refused:
        desk._send(asked)
        return desk.worker.webhook.follow_ups[-1][1].content
    return words(desk._ask(asked))


def press(desk: Desk, reply: Reply, label: str) -> Reply:
    [button] = [one for one in parts(reply) if one.get("label") == label]
    data = {"custom_id": button["custom_id"], "component_type": 2, "id": 2}
    return desk._ask(interaction(3, data, permissions=MANAGE_GUILD))


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    town = made.services.halls
    town.put(role(GUILD, 0, 3072 | 1 << 14), role(OWN_ROLE, 50, EVERYTHING, managed=True))
    made.services.rooms.desk.add(channel(HERE, guild_id=GuildId(GUILD)))
    return made


def test_a_well_server_is_told_so_and_can_be_looked_at_again(desk: Desk) -> None:
    reply = desk.run("doctor")

    assert "Everything is well." in words(reply)
    assert shown(reply) == ["Look again"]
    assert "Everything is well." in words(press(desk, reply, "Look again"))


def test_long_findings_turn_pages(desk: Desk) -> None:
    desk.services.examined.there = server(hall(0))
    desk.services.examined.flags = 0
    desk.services.recorded.chosen = Settings(
        guild={"join_log_channel_id": "1", "notice_channel_id": "2", "rewards": "on"},
        mod={"log_channel_id": "3"},
        ranks={"4": "1", "5": "2"},
    )

    first = desk.run("doctor")
    second = press(desk, first, "More")

    assert "Page 1 of" in words(first)
    assert "Page 2 of" in words(second)
    assert "Page 1 of" in words(press(desk, second, "Back"))


def test_what_is_deleted_is_forgotten_and_nothing_else(desk: Desk) -> None:
    held = {"join_log_channel_id": "1", "admin_channel_id": HERE}
    for key, value in held.items():
        desk.services.staff.settings[GuildId(GUILD), f"guild#{key}"] = (value, UserId("1"), NOW)
    desk.services.recorded.chosen = Settings(guild=held)
    desk.services.examined.there = server(None, channel(HERE))

    press(desk, desk.run("doctor"), "Forget what is deleted")

    assert settings(desk) == {"guild#admin_channel_id": HERE}


def test_a_look_is_taken_where_one_is_wanted_and_refusals_are_said_beside_it(desk: Desk) -> None:
    desk.services.recorded.kept = replace(desk.services.recorded.kept, head=None)
    desk.services.syncs.repaired = Repaired((), ())
    reply = desk.run("doctor")

    assert "Health check" in words(press(desk, reply, "Look at the invites now"))

    desk.services.syncs.error = LookRefusedError()
    [button] = [one for one in parts(reply) if one.get("label") == "Look at the invites now"]
    data = {"custom_id": button["custom_id"], "component_type": 2, "id": 2}
    desk._send(interaction(3, data, permissions=MANAGE_GUILD))
    assert "**Manage Server**" in desk.worker.webhook.follow_ups[-1][1].content


def test_one_channel_is_looked_at_alone(desk: Desk) -> None:
    desk.services.examined.there = server(
        hall(1 << 5), channel(HERE, Overwrite(GUILD, deny=SEND_MESSAGES))
    )

    said = words(desk.run("doctor", option("channel", HERE, 7)))

    assert "Send Messages" in said
    assert "invites" not in said


@pytest.mark.parametrize("line", ["doctor", "setup"])
def test_both_need_manage_server(desk: Desk, line: str) -> None:
    assert "You need Manage Server" in words(desk.run(line, rights=0))


def test_the_team_s_channel_is_set_once_in_the_asker_s_language(desk: Desk) -> None:
    page = desk.run("setup", option("step", "log", 3))

    assert "Saved." in choose(desk, page, "Channel for the team", HERE)

    assert settings(desk) == {
        "mod#log_channel_id": HERE,
        "mod#locale": "en-GB",
        "guild#notice_channel_id": HERE,
        "guild#admin_channel_id": HERE,
    }
    done = len(desk.services.deeds.done)
    choose(desk, page, "Channel for the team", HERE)
    assert len(desk.services.deeds.done) == done


@pytest.mark.parametrize(
    ("there", "words_"),
    [
        (None, "do not see that channel"),
        (channel(HERE, guild_id=GuildId(GUILD), kind=Kind.VOICE), "text channel"),
        (channel(HERE, guild_id=GuildId("1")), "do not see that channel"),
    ],
)
def test_a_channel_that_cannot_serve_is_refused(
    desk: Desk, there: Channel | None, words_: str
) -> None:
    rooms = desk.services.rooms.desk.there
    rooms.clear()
    if there is not None:
        rooms[HERE] = there
    page = desk.run("setup", option("step", "log", 3))

    said = choose(desk, page, "Channel for joins", HERE, refused=True)

    assert words_ in said
    assert settings(desk) == {}


def test_welcomes_are_switched_on_and_off(desk: Desk) -> None:
    page = desk.run("setup", option("step", "welcome", 3))
    assert "✅ Now: in <#7>" in choose(desk, page, "Channel for welcomes", HERE)
    assert settings(desk) == LANGUAGE | {"welcome#state": "on", "welcome#channel_id": HERE}

    off = press(desk, desk.run("setup", option("step", "welcome", 3)), "Switch off")

    assert "Now: off" in words(off)
    assert settings(desk) == LANGUAGE | {"welcome#channel_id": HERE}


def test_roles_are_named_changed_and_cleared_but_never_everybody_s(desk: Desk) -> None:
    page = desk.run("setup", option("step", "staff", 3))

    choose(desk, page, "Moderators' roles", "12", "11")
    choose(desk, page, "Role for logs and reports", "13")
    assert settings(desk) == {"mod#roles": "11,12", "guild#staff_role_id": "13"}

    said = choose(desk, page, "Moderators' roles", str(RoleId(GUILD)), refused=True)
    assert "Everybody has that role" in said
    choose(desk, page, "Role for logs and reports")
    assert settings(desk) == {"mod#roles": "11,12"}


def test_fake_rules_get_stricter_and_usual_again(desk: Desk) -> None:
    page = desk.run("setup", option("step", "fake", 3))

    press(desk, page, "Be stricter")
    strict = {name: value for (_, name), value in desk.services.credit.settings.items()}
    press(desk, desk.run("setup", option("step", "fake", 3)), "As is usual")

    assert strict == {"fake#young_account": "3", "fake#left_within": "1"}
    assert dict(desk.services.credit.settings) == {}


def test_an_import_begins_beside_the_page_and_not_twice(desk: Desk) -> None:
    page = desk.run("setup", option("step", "import", 3))

    press_beside(desk, page, "Read Discord's record")

    assert len(desk.services.imports.begun) == 1


def press_beside(desk: Desk, reply: Reply, label: str) -> None:
    """Press a button whose answer is a message of its own."""
    [button] = [one for one in parts(reply) if one.get("label") == label]
    data = {"custom_id": button["custom_id"], "component_type": 2, "id": 2}
    desk._ask(interaction(3, data, permissions=MANAGE_GUILD))


def test_the_last_step_ends_with_the_doctor(desk: Desk) -> None:
    page = desk.run("setup", option("step", "link", 3))

    end = press(desk, page, "Finish")

    assert "Health check" in words(end)
    assert "7 steps" in words(press(desk, end, "Back to the setup"))
