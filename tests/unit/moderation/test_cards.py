"""Cards in front of the moderators."""

from tests.builders import GUILD
from tests.fakes.court import LOG, MEMBER, MOD, Court
from tests.fakes.presses import FakePressStore
from usher.contracts.case_effects import PostCard
from usher.contracts.effect import decode_effect, encode_effect
from usher.moderation.cards import Cards
from usher.slash.presses import Presses, new_token

REPORT = PostCard(
    "r1", GUILD, LOG, MEMBER, MOD, "rude *words*", "https://discord.com/channels/1/2/3"
)
APPEAL = PostCard("a1", GUILD, LOG, MEMBER, MEMBER, "not me", case=7)


def cards(court: Court) -> Cards:
    presses = Presses(FakePressStore(), new_token)
    return Cards(court.desk, presses, court, court.told, lambda: court.now)


def test_a_report_has_the_buttons_of_what_can_be_done() -> None:
    court = Court()
    for _ in range(2):
        cards(court).show(REPORT)
    [shown] = court.log()
    for words in ("Report about", r"rude \\*words\\*", "Warn", "Ban", "Seen to"):
        assert words in shown
    assert decode_effect(encode_effect(REPORT)) == REPORT


def test_an_appeal_says_how_it_is_decided() -> None:
    court = Court()
    cards(court).show(APPEAL)
    [shown] = court.log()
    assert "Appeal against case 7" in shown
    assert "/appeal decide" in shown


def test_a_channel_that_cannot_be_written_to_is_told() -> None:
    court = Court()
    court.desk.silent.add(LOG)
    cards(court).show(REPORT)
    assert court.told.channels == [LOG]
