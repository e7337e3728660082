"""Invites that Usher made for a member: joins by them are theirs, though Discord names the bot."""

import pytest

from tests.unit.attribution.guild import Guild, invite
from usher.attribution.model import CodeStatus
from usher.attribution.outcomes import Attributed
from usher.ids import InviteCode

OTHER = invite("other", 3)


def inviter(guild: Guild, user: str) -> tuple[str | None, str | None]:
    word = guild.word(user)
    assert isinstance(word, Attributed)
    return word.code, word.inviter_id


@pytest.mark.parametrize("order", ["event first", "deed first", "no event"])
def test_a_join_by_it_is_the_member_s(order: str) -> None:
    # Given an invite of the bot for a member, whichever is heard first
    guild = Guild()
    guild.shown(0, OTHER)
    if order == "event first":
        guild.created(invite("made", 0, by="bot", created=10), 10)
        guild.waited(11)
    guild.made_for("made", "host", 10.5)
    guild.waited(12)
    if order == "deed first":
        guild.created(invite("made", 0, by="bot", created=10), 10)
        guild.waited(13)

    # When somebody joins by it, and again after many looks
    guild.joined("one", 20)
    guild.shown(21, OTHER, invite("made", 1, by="bot", created=10))
    guild.shown(800, OTHER, invite("made", 1, by="bot", created=10))
    guild.joined("two", 820)
    guild.shown(821, OTHER, invite("made", 2, by="bot", created=10))

    # Then the member has brought both
    assert inviter(guild, "one") == ("made", "host")
    assert inviter(guild, "two") == ("made", "host")


def test_a_join_that_was_quicker_than_the_deed_moves_to_the_member() -> None:
    guild = Guild()
    guild.shown(0, OTHER)
    guild.created(invite("made", 0, by="bot", created=10), 10)
    guild.joined("one", 11)
    guild.waited(11.5)
    guild.made_for("made", "host", 11.6)
    guild.shown(12, OTHER, invite("made", 1, by="bot", created=10))

    assert inviter(guild, "one") == ("made", "host")


def test_a_single_use_of_it_is_the_member_s_too() -> None:
    guild = Guild()
    guild.shown(0, OTHER)
    guild.created(invite("made", 0, by="bot", created=10, max_uses=1), 10)
    guild.made_for("made", "host", 10.5)
    guild.waited(12)
    guild.joined("one", 20)
    guild.deleted("made", 20.1)
    guild.shown(21, OTHER)

    assert inviter(guild, "one") == ("made", "host")


def test_a_look_older_than_it_does_not_end_it() -> None:
    # Given the deed, and then a look that was on its way before
    guild = Guild()
    guild.shown(0, OTHER)
    guild.made_for("made", "host", 10.5)
    guild.waited(10.6)
    guild.shown(10.2, OTHER)

    state = guild.state.codes[InviteCode("made")]
    assert state.status is CodeStatus.ACTIVE


def test_discord_s_own_record_names_the_bot_and_moves_nothing() -> None:
    guild = Guild()
    guild.shown(0, OTHER)
    guild.created(invite("made", 0, by="bot", created=10), 10)
    guild.made_for("made", "host", 10.5)
    guild.joined("one", 20)
    guild.shown(21, OTHER, invite("made", 1, by="bot", created=10))
    guild.searched("one", 20, 40, "made")
    guild.waited(41)

    assert inviter(guild, "one") == ("made", "host")


def test_its_joins_stay_the_member_s_when_the_invite_is_long_forgotten() -> None:
    # Given a join by it, and a week later nothing of it is kept any more
    guild = Guild()
    guild.shown(0, OTHER)
    guild.created(invite("made", 0, by="bot", created=10, max_uses=1), 10)
    guild.made_for("made", "host", 10.5)
    guild.waited(12)
    guild.joined("one", 20)
    guild.deleted("made", 20.1)
    guild.shown(21, OTHER)
    later = 8 * 86_400
    guild.shown(later, OTHER)
    del guild.state.codes[InviteCode("made")]

    # When Discord's record is asked, which names the bot
    guild.searched("one", 20, later + 60, "made", by="bot")
    guild.waited(later + 61)

    # Then the member keeps whom they brought
    assert inviter(guild, "one") == ("made", "host")
