"""/invite ranks and /invite achievements: interaction in, message out."""

from datetime import timedelta

from tests.builders import at
from tests.unit.interactions.doors import Front
from tests.unit.interactions.test_credit_commands import embed
from tests.unit.slash.fakes import NOW, FakeServices
from tests.unit.slash.payloads import GUILD, MEMBER, OTHER, option
from usher.contracts.deeds import SettingChanged
from usher.credit.queries import Period, Tally
from usher.ids import GuildId, UserId
from usher.rewards.queries import Achievement

FRIEND, HERO = "2010000000000000201", "2010000000000000202"


def front(invites: int, **settings: str) -> Front:
    services = FakeServices()
    services.credit.put(GUILD, Period.ALL, MEMBER, Tally(tracked=invites))
    for name, value in settings.items():
        changed = SettingChanged(name, name.replace("__", "#"), value, UserId(MEMBER), NOW)
        services.staff.take(GuildId(GUILD), changed)
    return Front(services)


RANKS = {f"rank__{FRIEND}": "10", f"rank__{HERO}": "25", "guild__rewards": "on"}


def test_ranks_are_shown_with_those_reached_and_the_way_to_the_next() -> None:
    shown = embed(front(12, **RANKS), "invite ranks")

    assert shown["description"] == (
        f"You have **12 invites**. 13 more for <@&{HERO}>.\n\n"
        f"✅ <@&{FRIEND}> · 10 invites\n▫️ <@&{HERO}> · 25 invites"
    )
    assert "footer" not in shown


def test_who_has_reached_all_is_told_so() -> None:
    shown = embed(front(25, **RANKS, guild__rank_mode="highest"), "invite ranks")

    assert "You have reached every rank." in str(shown["description"])
    assert "highest rank" in str(shown["footer"])


def test_ranks_that_are_switched_off_say_so() -> None:
    shown = embed(front(1, **{f"rank__{FRIEND}": "2"}), "invite ranks")

    assert "You have **1 invite**. 1 more" in str(shown["description"])
    assert "switched off" in str(shown["footer"])


def test_without_ranks_there_is_a_sentence() -> None:
    assert embed(front(1), "invite ranks")["description"] == (
        "There are no ranks in this server yet."
    )


def test_achievements_are_listed_with_their_days() -> None:
    services = FakeServices()
    services.rewards.achievements_of[UserId(OTHER)] = (
        Achievement("invites-1", at(0)),
        Achievement("kept-30", at(0) + timedelta(days=31)),
    )

    shown = embed(Front(services), "invite achievements", option("user", OTHER, 6))

    assert shown["description"] == (
        f"<@{OTHER}> has **2 achievements**.\n\n"
        f"🏅 First invite · <t:{int(at(0).timestamp())}:D>\n"
        f"🏅 Somebody they invited has stayed 30 days · "
        f"<t:{int(at(0).timestamp()) + 31 * 86400}:D>"
    )


def test_without_achievements_there_is_a_sentence() -> None:
    shown = embed(Front(FakeServices()), "invite achievements")

    assert f"<@{MEMBER}> has no achievements yet" in str(shown["description"])
