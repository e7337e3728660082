"""/referral stats, /campaign stats and /referral chain: what a link has brought, and whom."""

from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal

from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.command_worker.test_referrals import HERE, links, with_link
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import MEMBER, OTHER, option
from usher.funnel.measure import Cell
from usher.funnel.model import NO_TRACE, Conversion, Journey, Place, Standing, Trace
from usher.funnel.rows import campaign_rows, link_rows
from usher.ids import InviteCode, UserId
from usher.referrals.clicks import Device
from usher.referrals.model import Counts, LinkCode

CODE = LinkCode("spring-video")
TODAY = NOW.astimezone(UTC).date()
BUSY = Counts(clicks=200, joins=50, onboardings=40, conversions=10, value=Decimal("99.50"))
WHICH = option("code", CODE)


def busy(there: Desk, *cells: Cell) -> None:
    (link,) = links(there)
    numbers = there.services.ways.numbers
    for partition in (link_rows(CODE), campaign_rows(HERE, link.campaign_id)):
        numbers.cells[partition] += cells or (Cell(TODAY, "", CODE, BUSY),)


def come(there: Desk, user: str, seconds: int, **fields: object) -> Journey:
    (link,) = links(there)
    rows = there.services.ways.rows
    trace = fields.pop("trace", NO_TRACE)
    assert isinstance(trace, Trace)
    new = Journey(HERE, UserId(user), NOW + timedelta(seconds=seconds))
    after = replace(new, place=Place(CODE, link.campaign_id), **fields)  # type: ignore[arg-type]
    rows.links[CODE] = link
    if after.invite is not None:
        rows.traces[CODE, after.invite] = trace
    rows.save(new, after, trace)
    return after


def test_a_links_funnel_has_every_step_and_its_share() -> None:
    there = with_link(title="Video")
    busy(there)

    told = there.run("referral stats", WHICH)

    said = words(told)
    assert "**200** clicks → **50** joins (25 %) → **40** onboardings (80 %)" in said
    assert "**10** conversions (25 %)" in said
    assert "Of all clicks converted: 5 % (between 2.7 % and 9 %)" in said
    assert "Value: 99.50" in said
    [file] = told.files
    assert "Video" in file.description
    [picture] = there.services.ways.charts.drawn
    assert (picture.total, len(picture.days)) == (BUSY, 30)
    assert picture.days[-1] == (TODAY, BUSY)


def test_another_time_is_a_button() -> None:
    there = with_link()
    busy(there, Cell(TODAY - timedelta(days=60), "", CODE, BUSY))

    told = there.run("referral stats", WHICH)
    assert "Nothing happened in this time." in words(told)
    assert labels(told) == {"7 days": True, "30 days": False, "90 days": True}
    assert "**200** clicks" in words(there.press(told, "90 days"))


def test_owners_see_their_own_links_alone() -> None:
    there = with_link(user=OTHER)

    for line in ("referral stats", "referral chain"):
        told = there.run(line, WHICH, rights=0)
        assert told.content == "I know no link `spring-video` here."
    assert (
        "Manage Server"
        in there.run("campaign stats", option("campaign", "Spring"), rights=0).content
    )


def test_a_campaign_says_which_links_and_platforms_bring_most() -> None:
    there = with_link(title="Video *one*", platform="youtube")
    there.run("referral create", option("campaign", "Spring"), option("code", "second"))
    few = Counts(clicks=10, joins=2)
    busy_links = (Cell(TODAY, "", CODE, BUSY), Cell(TODAY, "", LinkCode("second"), few))
    campaign = links(there)[0].campaign_id
    there.services.ways.numbers.cells[campaign_rows(HERE, campaign)] += busy_links

    said = words(there.run("campaign stats", option("campaign", "Spring")))

    first, second = said.index("Video \\*one\\*"), said.index("2 joins")
    assert first < second
    assert "**youtube** · 200 clicks" in said
    assert "**no platform named** · 10 clicks" in said
    assert "**210** clicks" in said


def test_variants_are_set_against_each_other() -> None:
    there = with_link()
    busy(
        there,
        Cell(TODAY, "bold", CODE, Counts(clicks=500, joins=300, conversions=100)),
        Cell(TODAY, "calm", CODE, Counts(clicks=500, joins=300, conversions=50)),
    )

    assert "`bold` is ahead" in words(there.run("referral stats", WHICH))


def test_too_much_is_told() -> None:
    there = with_link()
    there.services.ways.numbers.too_much = True

    assert "fewer days" in there.run("referral stats", WHICH).content


def test_a_chain_tells_the_way_of_each_member_newest_first() -> None:
    there = with_link()
    assert there.run("referral chain", WHICH).content == "Nobody has come by this link yet."
    trace = Trace("v", "bold", "c1", NOW, "", Device("mobile", "Firefox", "Android"), "", "DE")
    won = Conversion(NOW + timedelta(seconds=90), Decimal(5))
    come(there, MEMBER, 0)
    come(
        there,
        OTHER,
        60,
        invite=InviteCode("abc"),
        trace=trace,
        conversion=won,
        onboarded_at=NOW + timedelta(seconds=70),
        left_at=NOW + timedelta(days=1),
    )

    said = words(there.run("referral chain", WHICH))

    assert said.index(OTHER) < said.index(MEMBER)
    for part in (
        "Clicked",
        "Firefox, Android, DE, bold",
        "Invite `abc`",
        "Joined",
        "Began the onboarding",
        "Converted",
        "· 5 · counted",
        "Left",
    ):
        assert part in said


def test_one_members_chain_and_nobodys() -> None:
    there = with_link()
    come(there, OTHER, 0)

    mine = there.run("referral chain", WHICH, option("user", OTHER, 6))
    assert OTHER in words(mine)
    nobody = there.run("referral chain", WHICH, option("user", MEMBER, 6))
    assert nobody.content == f"<@{MEMBER}> did not come by this link, as far as is known."


def test_chains_are_turned_page_by_page() -> None:
    there = with_link()
    for number in range(7):
        come(there, f"90000000000000000{number}", number)

    first = there.run("referral chain", WHICH)
    assert labels(first) == {"Newest": False, "Older": True}
    second = there.press(first, "Older")
    assert "900000000000000001" in words(second)
    assert "900000000000000002" not in words(second)
    assert labels(second) == {"Newest": True}
    assert "900000000000000006" in words(there.press(second, "Newest"))


def held(there: Desk, user: str, seconds: int) -> Journey:
    won = Conversion(NOW + timedelta(seconds=seconds + 3), standing=Standing.HELD)
    return come(there, user, seconds, conversion=won)


def test_a_link_and_its_campaign_say_what_they_were_worth() -> None:
    there = with_link()
    (link,) = links(there)
    counts = replace(BUSY, held=2)
    there.services.referrals.steps[CODE] = counts

    for told in (
        there.run("referral show", WHICH),
        there.run("campaign show", option("campaign", "Spring")),
    ):
        said = words(told)
        assert "50 joins · 10 conversions · worth 99.50 · 2 held for review" in said
    assert link.counts == Counts()
