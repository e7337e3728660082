"""/referral held and /campaign holds: conversions with something against them."""

from datetime import timedelta
from decimal import Decimal

from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.command_worker.test_funnel import CODE, come
from tests.unit.command_worker.test_referrals import HERE, with_link
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import MEMBER, OTHER, option
from usher.funnel.holds import EVERY
from usher.funnel.model import Conversion, Journey, Signal, SignalKind, Standing
from usher.funnel.ports import Review
from usher.ids import UserId

AGAINST = (
    Signal(SignalKind.SELF, 1, 0),
    Signal(SignalKind.YOUNG, 5, 24),
    Signal(SignalKind.FAST, 3, 10),
    Signal(SignalKind.BURST, 40, 30),
    Signal(SignalKind.VISITOR, 4, 3),
)


def held(there: Desk, user: str = OTHER, seconds: int = 0) -> Journey:
    at = NOW + timedelta(seconds=seconds + 3)
    won = Conversion(at, Decimal(5), standing=Standing.HELD, signals=AGAINST)
    return come(there, user, seconds, conversion=won)


def counted(there: Desk) -> dict[str, Decimal]:
    return there.services.ways.rows.steps(CODE)


def test_what_waits_is_shown_with_its_evidence() -> None:
    there = with_link()
    assert there.run("referral held").content == "No conversion waits for a review."
    held(there)

    said = words(there.run("referral held"))

    for part in (
        f"<@{OTHER}> · `spring-video` · 5",
        "It is their own link.",
        "5 h old",
        "Converted 3 s after",
        "40 joins by this link",
        "4 members converted",
    ):
        assert part in said


def test_approval_counts_it_once_and_rejection_never() -> None:
    there = with_link()
    held(there)
    held(there, "900000000000000001", 10)
    page = there.run("referral held")
    assert labels(page) == {
        "Approve 1": True,
        "Reject 1": True,
        "Approve 2": True,
        "Reject 2": True,
    }
    assert counted(there) == {"joins": 2, "held": 2}

    after = there.press(page, "Approve 1")
    assert after.content == f"The conversion of <@{OTHER}> counts."
    assert counted(there) == {"joins": 2, "held": 1, "conversions": 1, "value": 5}
    empty = there.press(after, "Reject 1")
    assert "never counts" in empty.content
    assert "No conversion waits" in empty.content
    assert counted(there) == {"joins": 2, "conversions": 1, "value": 5}


def test_who_is_late_reads_what_was_decided() -> None:
    there = with_link()
    one = held(there)
    page = there.run("referral held")
    other = Review(HERE, one.user_id, one.joined_at, UserId("77"), NOW, approve=False)
    there.services.funnel.reviews.review(other)

    told = there.press(page, "Approve 1")

    assert "<@77> has rejected the conversion" in told.content
    assert counted(there) == {"joins": 1}


def test_permission_is_asked_at_every_press() -> None:
    there = with_link()
    held(there)
    page = there.run("referral held")

    assert "Manage Server" in there.run("referral held", rights=0).content
    assert "Manage Server" in there.refused(page, "Approve 1", rights=0)
    assert counted(there) == {"joins": 1, "held": 1}


def test_nobody_reviews_their_own() -> None:
    there = with_link()
    held(there, MEMBER)

    assert "somebody else" in there.refused(there.run("referral held"), "Approve 1")
    assert counted(there) == {"joins": 1, "held": 1}


def test_the_queue_is_turned_page_by_page() -> None:
    there = with_link()
    for number in range(6):
        held(there, f"90000000000000000{number}", number)

    first = there.run("referral held")
    assert labels(first)["Next"]
    assert not labels(first)["First"]
    second = there.press(first, "Next")
    assert "900000000000000004" in words(second)
    assert "900000000000000003" not in words(second)
    assert not labels(second)["Next"]
    assert "900000000000000000" in words(there.press(second, "First"))


def test_limits_are_shown_set_for_one_campaign_and_forgotten() -> None:
    there = with_link()

    said = words(there.run("campaign holds"))
    assert "held under 24 hours" in said
    assert "held from 30 on" in said
    there.run("campaign holds", option("young", 72), option("burst", 0))
    assert there.services.settings.find(HERE, EVERY) == '{"burst":0,"young":72}'
    spring = (option("campaign", "Spring"), option("fast", 60), option("own", False, 5))
    said = words(there.run("campaign holds", *spring))
    for part in ("held under 72 hours", "held under 60 seconds", "not looked at"):
        assert part in said
    assert "held under 10 seconds" in words(there.run("campaign holds"))
    there.run("campaign holds", option("campaign", "Spring"), option("standard", True, 5))
    said = words(there.run("campaign holds", option("campaign", "Spring")))
    assert "held under 10 seconds" in said
    assert "held under 72 hours" in said
