"""/welcome and /farewell as managers set them, and as they see them."""

import pytest

from tests.unit.command_worker.desk import Desk, words
from tests.unit.slash.payloads import GUILD, MEMBER, option
from usher.greeting.model import Face
from usher.greeting.settings import Greeting, Occasion
from usher.ids import ChannelId, GuildId, UserId

CHANNEL = ChannelId("645027906669510667")
HERE = GuildId(GUILD)


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    member = UserId(MEMBER)
    made.services.people.members[member] = Face(
        member, "mason", "Mason <@1>", avatar="https://a.b/c"
    )
    return made


def held(desk: Desk, occasion: Occasion = Occasion.WELCOME) -> Greeting:
    return desk.services.greetings.greeting(HERE, occasion)


def test_it_is_switched_on_with_a_channel_and_off_again(desk: Desk) -> None:
    assert "Say in which `channel`" in words(desk.run("welcome on"))
    shown = words(desk.run("welcome on", option("channel", CHANNEL, 7)))
    assert "This is **on**." in shown
    assert f"Channel: <#{CHANNEL}>" in shown
    assert (held(desk).on, held(desk).channel_id, held(desk).locale) == (True, CHANNEL, "en-GB")
    assert "**off**" in words(desk.run("welcome off"))
    assert not held(desk).on
    assert "**on**" in words(desk.run("welcome on"))


def test_a_message_of_several_lines_is_set_shown_and_previewed(desk: Desk) -> None:
    typed = r"Hi {member:mention}!\nYou are number {count} of {nobody}. @everyone ```"
    shown = words(desk.run("welcome message", option("text", typed)))
    assert "Hi {member:mention}!\nYou are number {count} of {nobody}." in shown
    assert "`{inviter:name}`" in shown
    drawn = desk.run("welcome preview")
    assert drawn.content == (f"Hi <@{MEMBER}>!\nYou are number 42 of {{nobody}}. @everyone ```")
    desk.run("welcome message")
    assert words(desk.run("welcome preview")).startswith(
        f"Welcome <@{MEMBER}> to **A \\*guild\\***!"
    )


def test_a_blank_message_and_a_wrong_colour_are_refused(desk: Desk) -> None:
    assert "must say something" in words(desk.run("welcome message", option("text", r" \n ")))
    told = desk.run("welcome embed", option("state", "on"), option("color", "blue"))
    assert "like `#5865F2`" in words(told)
    assert held(desk) == Greeting(Occasion.WELCOME)


def test_an_embed_is_previewed_with_its_picture(desk: Desk) -> None:
    options = (option("state", "on"), option("title", "New: {member}"), option("color", "#ff0000"))
    assert "Title: ```\nNew: {member}" in words(desk.run("welcome embed", *options))
    (embed,) = desk.run("welcome preview").embeds
    assert (embed.title, embed.color) == ("New: Mason \\<\\@1\\>", 0xFF0000)
    assert embed.thumbnail == "https://a.b/c"
    desk.run("welcome embed", option("state", "on"), option("thumbnail", "off"))
    (bare,) = desk.run("welcome preview").embeds
    assert (bare.thumbnail, bare.color) == ("", 0xFF0000)


def test_direct_messages_need_no_channel(desk: Desk) -> None:
    desk.run("welcome dm", option("state", "on"))
    assert "**on**" in words(desk.run("welcome on"))
    assert held(desk).dm


def test_a_farewell_has_its_own_settings_and_words(desk: Desk) -> None:
    desk.run("farewell on", option("channel", CHANNEL, 7))
    desk.run("farewell message", option("text", "{member:name} {reason} after {stayed}"))
    assert desk.run("farewell preview").content == "mason left after an unknown time"
    assert "Bots: on" in words(desk.run("farewell bots", option("state", "on")))
    assert not held(desk).on


def test_reset_forgets_everything(desk: Desk) -> None:
    desk.run("welcome on", option("channel", CHANNEL, 7))
    desk.run("welcome message", option("text", "Hi"))
    assert "**off**" in words(desk.run("welcome reset"))
    assert held(desk) == Greeting(Occasion.WELCOME)


def test_what_changes_nothing_is_no_deed(desk: Desk) -> None:
    desk.run("welcome on", option("channel", CHANNEL, 7))
    done = len(desk.services.deeds.done)
    for line in ("welcome on", "farewell off", "farewell reset", "welcome message"):
        desk.run(line)
    assert len(desk.services.deeds.done) == done
    desk.run("welcome reset")
    assert len(desk.services.deeds.done) == done + 3


def test_what_looks_like_a_placeholder_and_is_none_is_pointed_out(desk: Desk) -> None:
    told = words(desk.run("welcome message", option("text", "{member} {memer} {stayed}")))
    assert "No placeholders; these stay as typed: `{memer}` `{stayed}`" in told
    assert "stay as typed" not in words(
        desk.run("farewell message", option("text", "{member} {stayed}"))
    )


def test_members_may_not(desk: Desk) -> None:
    for line in ("welcome show", "farewell preview", "welcome reset"):
        assert "You need Manage Server" in words(desk.run(line, rights=0))
    assert desk.services.deeds.done == {}


def test_a_busy_worker_is_told_of(desk: Desk) -> None:
    desk.services.deeds.busy = True
    assert "event worker is busy" in words(desk.run("welcome dm", option("state", "on")))
