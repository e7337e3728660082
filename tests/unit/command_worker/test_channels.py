"""/slowmode, /lockdown and /unlock as members see them, and what Discord then shows."""

from dataclasses import replace
from datetime import timedelta

from tests.fakes.channels import channel
from tests.fakes.rewards import OWN_ROLE, role
from tests.unit.command_worker.desk import Desk, labels
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MEMBER, option
from usher.channels.bits import (
    ADMINISTRATOR,
    MANAGE_CHANNELS,
    MANAGE_GUILD,
    MANAGE_MESSAGES,
    MANAGE_ROLES,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    taken,
)
from usher.channels.lock_service import LONGEST_PAUSE
from usher.channels.model import Channel, Kind, Overwrite
from usher.channels.slowmodes import SLOWMODE
from usher.contracts.effect import EndDue
from usher.ids import ChannelId, GuildId
from usher.invites.ports import DeskError
from usher.slash.replies import Reply
from usher.timing.terms import Term, term_key

HERE = ChannelId("645027906669510667")
"""Where the payloads' interactions are."""
OTHER_ROOM = ChannelId("645027906669510668")
RIGHTS = MANAGE_CHANNELS
BOTH = MANAGE_CHANNELS | MANAGE_GUILD
EVERYONE = Overwrite(GUILD)
TEXT = taken(Kind.TEXT)


def town(*channels: Channel, rights: int = ADMINISTRATOR) -> Desk:
    there = Desk()
    there.services.rooms.desk.add(*(channels or (channel(HERE), channel(OTHER_ROOM))))
    seen = role(GUILD, 0, VIEW_CHANNEL | SEND_MESSAGES)
    there.services.halls.put(role(OWN_ROLE, 50, rights | MANAGE_ROLES, managed=True), seen)
    return there


def room(there: Desk, channel_id: ChannelId = HERE) -> Channel:
    return there.services.rooms.desk.there[channel_id]


def run(there: Desk, line: str, *options: object, rights: int = RIGHTS) -> str:
    return asked(there, line, *options, rights=rights).content


def asked(there: Desk, line: str, *options: object, rights: int = RIGHTS) -> Reply:
    named = {
        id_: {"id": id_, "name": one.name, "type": int(one.kind), "permissions": str(rights)}
        for id_, one in there.services.rooms.desk.there.items()
    }
    return there.run(line, *options, rights=rights, resolved={"channels": named})


def lock_of(there: Desk, channel_id: str = HERE) -> Term:
    found = there.services.rooms.terms.read(GuildId(GUILD), term_key("lock", channel_id))
    assert found is not None
    return found


# ---------------------------------------------------------------- slowmode


def test_a_slowmode_is_set_here_and_switched_off() -> None:
    there = town()

    said = run(there, "slowmode", option("seconds", 90))
    assert said == f"🐌 Slowmode in <#{HERE}>: a message every 1 minute 30 seconds."
    assert room(there).slowmode == 90

    assert run(there, "slowmode", option("seconds", 0)) == f"Slowmode is off in <#{HERE}>."
    assert room(there).slowmode == 0
    assert there.services.rooms.terms.rows == {}


def test_a_slowmode_for_a_time_is_written_down_with_what_was_before() -> None:
    there = town(channel(HERE), channel(OTHER_ROOM, slowmode=5))

    said = run(
        there,
        "slowmode",
        option("seconds", 60),
        option("channel", OTHER_ROOM, 7),
        option("duration", "2h"),
    )

    assert "until <t:" in said
    assert said.endswith("Then it is as before: 5 seconds.")
    term = there.services.rooms.terms.read(GuildId(GUILD), term_key(SLOWMODE, OTHER_ROOM))
    assert term is not None
    assert term.due_at == NOW + timedelta(hours=2)
    assert there.services.rooms.orders.sent == [], "a sweep sees it in time"


def test_what_ends_before_a_sweep_sees_it_is_ordered_at_once() -> None:
    there = town()

    run(there, "slowmode", option("seconds", 60), option("duration", "30s"))

    [order] = there.services.rooms.orders.sent
    assert isinstance(order, EndDue)
    assert there.services.rooms.orders.delays == {order.id: 30}


def test_a_second_slowmode_for_a_time_goes_back_to_what_was_before_both() -> None:
    there = town(channel(HERE, slowmode=5))

    run(there, "slowmode", option("seconds", 60), option("duration", "2h"))
    said = run(there, "slowmode", option("seconds", 120), option("duration", "1h"))

    assert said.endswith("Then it is as before: 5 seconds.")


def test_a_slowmode_for_good_ends_the_one_for_a_time() -> None:
    there = town(channel(HERE, slowmode=5))

    run(there, "slowmode", option("seconds", 60), option("duration", "2h"))
    run(there, "slowmode", option("seconds", 10))
    term = there.services.rooms.terms.read(GuildId(GUILD), term_key(SLOWMODE, HERE))
    assert term is not None
    assert term.due_at is None
    said = run(there, "slowmode", option("seconds", 120), option("duration", "1h"))

    assert said.endswith("Then it is as before: 10 seconds.")


def test_a_refused_slowmode_leaves_nothing_to_end() -> None:
    there = town()
    there.services.rooms.desk.refused.add((HERE, "slowmode"))

    said = run(there, "slowmode", option("seconds", 60), option("duration", "2h"))

    assert "permission is missing" in said
    term = there.services.rooms.terms.read(GuildId(GUILD), term_key(SLOWMODE, HERE))
    assert term is not None
    assert term.ended


def test_a_refused_change_leaves_the_end_of_the_one_before() -> None:
    there = town()
    run(there, "slowmode", option("seconds", 60), option("duration", "2h"))
    there.services.rooms.desk.refused.add((HERE, "slowmode"))

    run(there, "slowmode", option("seconds", 0), option("duration", "1h"))

    term = there.services.rooms.terms.read(GuildId(GUILD), term_key(SLOWMODE, HERE))
    assert term is not None
    assert (term.due_at, term.ended) == (NOW + timedelta(hours=2), False)


def test_what_a_slowmode_does_not_take_is_told() -> None:
    there = town(channel(HERE), channel(OTHER_ROOM, kind=Kind.CATEGORY))

    category = option("channel", OTHER_ROOM, 7)
    assert "no slowmode" in run(there, "slowmode", option("seconds", 5), category)
    soon = option("duration", "soon")
    assert "I cannot read that duration" in run(there, "slowmode", option("seconds", 5), soon)
    long = option("duration", "800d")
    assert "a year at most" in run(there, "slowmode", option("seconds", 5), long)
    unknown = option("channel", "9", 7)
    assert "I do not see that channel" in run(there, "slowmode", option("seconds", 5), unknown)


def test_who_may_not_manage_the_channel_changes_nothing() -> None:
    there = town()
    named = {"id": OTHER_ROOM, "name": "x", "type": 0, "permissions": "0"}

    said = there.run(
        "slowmode",
        option("seconds", 5),
        option("channel", OTHER_ROOM, 7),
        rights=RIGHTS,
        resolved={"channels": {OTHER_ROOM: named}},
    ).content

    assert "You need Manage Channels in that channel" in said
    assert there.services.rooms.desk.changes == []


def test_what_usher_lacks_is_named() -> None:
    there = town(rights=VIEW_CHANNEL)

    said = run(there, "slowmode", option("seconds", 5))

    assert said == f"I need Manage Channels in <#{HERE}>: give it to my role there, and try again."


# ---------------------------------------------------------------- locks


def test_a_channel_is_locked_and_unlocked() -> None:
    there = town()

    said = run(there, "lockdown", option("reason", "a *raid*"))
    assert said == f"🔒 <#{HERE}> is locked.\nReason: a \\*raid\\*"
    assert room(there).overwrites == (replace(EVERYONE, deny=TEXT),)
    assert there.services.rooms.desk.reasons == [f"Locked by {MEMBER}: a *raid*"]

    said = run(there, "unlock")
    assert said.startswith(f"🔓 <#{HERE}> is unlocked.")
    assert room(there).overwrites == ()
    assert lock_of(there).ended


def test_usher_keeps_its_own_say_first_and_gives_it_back_last() -> None:
    there = town(rights=TEXT | VIEW_CHANNEL)

    run(there, "lockdown")
    run(there, "unlock")

    changes = [(what, whose) for what, _, whose in there.services.rooms.desk.changes]
    assert changes == [("put", "42"), ("put", GUILD), ("remove", GUILD), ("remove", "42")]


def test_roles_that_the_channel_lets_write_are_stopped_but_staff_is_not() -> None:
    allowed = [Overwrite(id_, allow=SEND_MESSAGES) for id_ in ("201", "202")]
    there = town(channel(HERE, *allowed))
    there.services.halls.put(role("201", 3), role("202", 9, MANAGE_MESSAGES))

    said = run(there, "lockdown")

    assert "Staff may still write: <@&202>." in said
    assert room(there).overwrite("201") == Overwrite("201")
    assert room(there).overwrite("202") == allowed[1]


def test_who_cannot_be_stopped_is_listed() -> None:
    there = town(channel(HERE, Overwrite("201", allow=SEND_MESSAGES)))
    there.services.halls.put(role("201", 99))
    there.services.rooms.desk.refused.add((HERE, "201"))

    said = run(there, "lockdown")

    assert f"🔒 <#{HERE}> is locked." in said
    assert "I could not stop <@&201> from writing" in said


def test_a_channel_that_cannot_be_shut_is_left_as_it_was() -> None:
    there = town(rights=TEXT | VIEW_CHANNEL)
    there.services.rooms.desk.refused.add((HERE, GUILD))

    said = run(there, "lockdown")

    assert f"I cannot lock <#{HERE}>" in said
    assert room(there).overwrites == ()
    assert lock_of(there).ended


def test_what_usher_may_not_take_is_not_begun() -> None:
    there = town(rights=VIEW_CHANNEL)
    there.services.halls.put(role(GUILD, 0, VIEW_CHANNEL))

    assert f"I cannot lock <#{HERE}>" in run(there, "lockdown")
    assert there.services.rooms.desk.changes == []


def test_a_lock_for_a_time_has_an_end_that_can_be_changed() -> None:
    there = town()

    assert "until <t:" in run(there, "lockdown", option("duration", "1h"))
    assert lock_of(there).due_at == NOW + timedelta(hours=1)
    kept = lock_of(there).held

    again = run(there, "lockdown")
    assert f"<#{HERE}> is locked already until <t:" in again
    assert f"by <@{MEMBER}>" in again

    assert "stays locked until" in run(there, "lockdown", option("duration", "2h"))
    assert lock_of(there).due_at == NOW + timedelta(hours=2)
    assert lock_of(there).held == kept


def test_a_command_that_is_delivered_twice_locks_once() -> None:
    there = town()

    first = run(there, "lockdown")
    there.forget_asking()
    second = run(there, "lockdown")

    assert first == second
    assert len(there.services.rooms.desk.changes) == 1


def test_what_is_shut_anyway_or_was_never_locked_is_told() -> None:
    there = town(channel(HERE, Overwrite(GUILD, deny=TEXT)))

    assert "there is nothing to lock" in run(there, "lockdown")
    assert f"<#{HERE}> is not locked by me" in run(there, "unlock")


def test_what_cannot_be_given_back_is_named_and_tried_again() -> None:
    there = town(channel(HERE, Overwrite("201", allow=SEND_MESSAGES)))
    there.services.halls.put(role("201", 3))
    run(there, "lockdown")
    there.services.rooms.desk.refused.add((HERE, "201"))

    said = run(there, "unlock")
    assert "could not give back what <@&201> had" in said
    assert not lock_of(there).ended

    there.services.rooms.desk.refused.clear()
    assert "is unlocked" in run(there, "unlock")
    assert room(there).overwrites == (Overwrite("201", allow=SEND_MESSAGES),)


def test_a_channel_that_is_gone_is_done_with() -> None:
    there = town()
    run(there, "lockdown", option("channel", OTHER_ROOM, 7))
    held = replace(room(there, OTHER_ROOM))
    del there.services.rooms.desk.there[OTHER_ROOM]
    there.services.rooms.desk.there[OTHER_ROOM] = replace(held, guild_id=GuildId("5"))

    assert "I do not see that channel" in run(there, "unlock", option("channel", OTHER_ROOM, 7))


def test_a_thread_is_locked_by_its_own_flag() -> None:
    there = town(channel(HERE, kind=Kind.PUBLIC_THREAD, parent_id=OTHER_ROOM))

    run(there, "lockdown")
    assert room(there).locked
    run(there, "unlock")
    assert not room(there).locked


def test_a_category_is_locked_channel_by_channel() -> None:
    parent = channel("900", kind=Kind.CATEGORY)
    inside = [channel(id_, parent_id=parent.id) for id_ in (HERE, OTHER_ROOM)]
    there = town(parent, *inside, channel("5"))

    said = run(there, "lockdown", option("channel", "900", 7))
    assert said == "🔒 2 channels locked."
    assert room(there, ChannelId("5")).overwrites == ()

    assert run(there, "unlock", option("channel", "900", 7)) == "🔓 2 channels unlocked."
    assert run(there, "unlock", option("channel", "900", 7)) == (
        "Nothing in that category is locked by me."
    )


def test_a_whole_server_is_locked_after_a_question_and_unlocked() -> None:
    hidden = channel("6", Overwrite(GUILD, deny=VIEW_CHANNEL))
    voice = channel("7", kind=Kind.VOICE)
    own = channel("8", Overwrite(GUILD, deny=SEND_MESSAGES))
    before = {one.id: one for one in (channel(HERE), hidden, voice, own)}
    there = town(*before.values())
    run(there, "lockdown", option("channel", "8", 7))

    question = asked(there, "lockdown", option("scope", "server"), rights=BOTH)
    assert "Lock the whole server?" in question.content
    assert list(labels(question)) == ["Lock the server"]
    assert there.services.rooms.desk.paused is None
    done = there.press(question, "Lock the server", rights=BOTH).content

    assert "🔒 The server is locked: 2 channels locked." in done
    assert "1 channel that only staff sees stays open." in done
    assert there.services.rooms.desk.paused == NOW + LONGEST_PAUSE
    everyone = room(there, ChannelId("7")).overwrite(GUILD)
    assert everyone is not None
    assert everyone.deny == taken(Kind.VOICE)
    assert room(there, ChannelId("6")) == hidden

    again = run(there, "lockdown", option("scope", "server"), rights=BOTH)
    assert "locked already" in again
    done = run(there, "unlock", option("scope", "server"), rights=BOTH)
    assert "🔓 2 channels unlocked." in done
    assert there.services.rooms.desk.paused is None
    assert not lock_of(there, "8").ended, "it was locked by itself before"
    run(there, "unlock", option("channel", "8", 7))
    assert there.services.rooms.desk.there == before


def test_a_pause_that_somebody_has_changed_is_theirs() -> None:
    there = town()
    question = asked(there, "lockdown", option("scope", "server"), rights=BOTH)
    there.press(question, "Lock the server", rights=BOTH)
    longer = NOW + timedelta(hours=30)
    there.services.rooms.desk.paused = longer

    run(there, "unlock", option("scope", "server"), rights=BOTH)

    assert there.services.rooms.desk.paused == longer


def test_a_server_is_locked_even_where_invites_cannot_be_paused() -> None:
    there = town()
    there.services.rooms.desk.refused.add((ChannelId(GUILD), "pause"))
    question = asked(there, "lockdown", option("scope", "server"), rights=BOTH)

    done = there.press(question, "Lock the server", rights=BOTH).content

    assert "2 channels locked" in done
    assert "Invites could not be paused" in done


def test_each_channel_that_fails_is_named() -> None:
    there = town()
    there.services.rooms.desk.refused.add((OTHER_ROOM, GUILD))
    question = asked(there, "lockdown", option("scope", "server"), rights=BOTH)

    done = there.press(question, "Lock the server", rights=BOTH).content

    assert "1 channel locked" in done
    assert f"I cannot lock <#{OTHER_ROOM}>" in done


def test_the_server_is_for_who_manages_it() -> None:
    there = town()

    assert "you need Manage Server" in run(there, "lockdown", option("scope", "server"))
    assert "you need Manage Server" in run(there, "unlock", option("scope", "server"))


def test_discord_s_silence_is_told_and_nothing_is_left_half_done() -> None:
    there = town()
    there.services.rooms.desk.failing = DeskError()

    assert "is not locked: Discord did not answer" in run(there, "lockdown")
    there.services.rooms.desk.failing = None
    run(there, "unlock")

    assert room(there).overwrites == ()
    assert lock_of(there).ended
