"""/lookup_user_invite and its upgrade, in words."""

from dataclasses import replace

import pytest

from tests.builders import by, by_vanity, open_between, unknown
from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MEMBER, OTHER, option, user
from usher.attribution.outcomes import Outcome
from usher.attribution.wording import word_of
from usher.contracts.deeds import SettingChanged, UpgradeAssigned
from usher.ids import GuildId, UserId
from usher.ledger.lookup_found import Asked, Doubt, Found, Missing, Source, WhyNone
from usher.slash.replies import Reply
from usher.slash.text import when
from usher.staff.mapping import write_value
from usher.staff.queries import Mapping, staff_setting

IDA = UserId("900")
MAPPING = Mapping("https://vantage.example/ref/ida", "IDA123")


class Office(Desk):
    """A desk whose lookups read the staff list, as the real ones do."""

    def look_up(self, **options: object) -> Reply:
        return self.run("lookup_user_invite", option("user", OTHER, 6), **options)  # type: ignore[arg-type]

    def hold(self, found: Found | Missing) -> None:
        self.services.lookups.found[UserId(OTHER)] = found

    def hire(self) -> None:
        guild, name = GuildId(GUILD), staff_setting(IDA)
        deed = SettingChanged("x", name, write_value(MAPPING), UserId(MEMBER), NOW)
        self.services.staff.take(guild, deed)
        self.refresh()

    def refresh(self) -> None:
        """Put what the staff list holds beside what is found."""
        found = self.services.lookups.found[UserId(OTHER)]
        assert isinstance(found, Found)
        guild, staff = GuildId(GUILD), self.services.staff
        upgrades = staff.upgrades(guild, found.user_id)
        self.hold(replace(found, staff=staff.find(guild, IDA), upgrades=upgrades))


def found(outcome: Outcome | None = None) -> Found:
    word = replace(word_of(outcome or by("900", "abc")), uses_before=5, uses_after=6)
    return Found(
        user_id=UserId(OTHER),
        joined_at=NOW,
        left_at=None,
        word=word,
        source=Source.LEDGER,
        event_id="ab" * 16,
        username="john_doe",
        display_name="*John*",
    )


@pytest.fixture
def office() -> Office:
    desk = Office()
    desk.hold(found())
    return desk


def test_who_was_erased_is_shown_by_their_id() -> None:
    office = Office()
    office.hold(replace(found(), username=None, display_name=None, erased=True))

    assert f"User: `{OTHER}` · names erased" in words(office.look_up())


def test_everything_on_record_is_shown(office: Office) -> None:
    office.hire()

    told = words(office.look_up())

    assert f"<@{OTHER}> was invited by <@900>." in told
    for part in (
        f"User: \\*John\\* · john\\_doe · `{OTHER}`",
        "Code: `abc`",
        f"Joined: {when(NOW, 'f')}",
        f"Joined (UTC): {NOW:%Y-%m-%d %H:%M:%S}",
        "Uses before: 5",
        "Uses after: 6",
        "How sure: Exact:",
        "Referring staff member: <@900> · `900`",
        "IB link: <https://vantage.example/ref/ida>",
        "IB code: `IDA123`",
        f"Data source: Ledger, line `{'ab' * 16}`: written once, never changed.",
    ):
        assert part in told


def test_an_inviter_who_is_no_staff_member_is_told_to_be_none(office: Office) -> None:
    reply = office.look_up()

    assert "<@900>: not on the staff list (`/staff set`)" in words(reply)
    assert labels(reply) == {}


@pytest.mark.parametrize("outcome", [by_vanity(), by(None), unknown(), open_between("a", "b")])
def test_without_a_person_behind_it_there_is_no_staff_member(outcome: Outcome) -> None:
    desk = Office()
    desk.hold(found(outcome))

    reply = desk.look_up()

    assert "Referring staff member: none" in words(reply)
    assert labels(reply) == {}


@pytest.mark.parametrize(
    ("doubt", "told"),
    [
        (Doubt.LEDGER_DOWN, "The ledger did not answer"),
        (Doubt.NO_LINE, "The ledger has no line of this join"),
        (Doubt.DATABASE_DOWN, "The database did not answer"),
    ],
)
def test_every_doubt_of_the_source_is_told(doubt: Doubt, told: str) -> None:
    desk = Office()
    source = Source.LEDGER if doubt is Doubt.DATABASE_DOWN else Source.DATABASE
    desk.hold(replace(found(), source=source, doubt=doubt))

    said = words(desk.look_up())

    assert told in said
    assert ("Data source: Database." in said) == (source is Source.DATABASE)


def test_corrections_and_later_joins_are_told(office: Office) -> None:
    office.hold(replace(found(), corrected=True, rejoined_at=NOW))

    said = words(office.look_up())

    assert "A later line corrects what was first said of it." in said
    assert f"They joined again {when(NOW, 'f')}" in said


@pytest.mark.parametrize("why", WhyNone)
@pytest.mark.parametrize("since", [None, NOW])
def test_nothing_on_record_says_why(why: WhyNone, since: object) -> None:
    desk = Office()
    desk.hold(Missing(why, NOW if since else None))

    told = desk.look_up().embeds[0].description

    assert told.startswith(f"No join of <@{OTHER}> is on record. ")
    assert told.endswith(".")
    assert "None" not in told


@pytest.mark.parametrize("why", WhyNone)
def test_who_can_still_be_found_is_told_by_what(why: WhyNone) -> None:
    desk = Office()
    desk.hold(Missing(why, NOW))

    told = "/invite import" in desk.look_up().embeds[0].description

    assert told == (why in (WhyNone.BEFORE_USHER, WhyNone.MISSED))


def test_reasons_differ_and_tracking_turned_off_is_told() -> None:
    desk = Office()
    told = set()
    for why in WhyNone:
        desk.hold(Missing(why, NOW, tracking_off=True))
        told.add(desk.look_up().embeds[0].description)

    assert len(told) == len(WhyNone)
    assert all(one.endswith("Tracking is turned off in this server.") for one in told)


def test_discord_s_own_word_on_the_member_is_handed_on(office: Office) -> None:
    resolved = {
        "users": {OTHER: user(OTHER, "ida", bot=True)},
        "members": {OTHER: {"joined_at": "2026-11-20T12:00:00.040000+00:00", "roles": []}},
    }

    office.look_up(resolved=resolved)
    office.look_up()

    first, second = office.services.lookups.asked
    assert first == Asked(UserId(OTHER), True, NOW.replace(microsecond=40_000))
    assert second == Asked(UserId(OTHER))


def test_an_upgrade_is_recorded_once_for_who_referred_them(office: Office) -> None:
    # Given a lookup of a staff member's referral
    office.hire()
    reply = office.look_up()
    assert labels(reply) == {"Assign to IB": True}

    # When the upgrade is assigned
    done = office.services.deeds.done
    office.press(reply, "Assign to IB")

    # Then it is a deed with the mapping of the moment
    [deed] = done.values()
    assert isinstance(deed, UpgradeAssigned)
    assert (deed.user_id, deed.staff_id, deed.by) == (OTHER, IDA, MEMBER)
    assert deed.mapping == write_value(MAPPING)

    # And a second press, of whoever's old message, says it is done
    office.refresh()
    told = office.refused(reply, "Assign to IB")
    assert told == f"That is done already: it was recorded by <@{MEMBER}> {when(NOW, 'f')}."
    assert len(done) == 1

    # And the next lookup shows it and offers nothing
    again = office.look_up()
    assert f"VIP upgrade: Recorded for <@900> by <@{MEMBER}> {when(NOW, 'f')}." in words(again)
    assert labels(again) == {"Assigned to IB": False}


def test_pressing_asks_for_permission_again(office: Office) -> None:
    office.hire()
    reply = office.look_up()

    assert office.refused(reply, "Assign to IB", rights=0).startswith("You need Manage Server")
    assert office.services.deeds.done == {}


def test_who_left_the_staff_list_gets_no_upgrade(office: Office) -> None:
    office.hire()
    reply = office.look_up()
    office.services.staff.settings.clear()
    office.refresh()

    assert "not on the staff list any more" in office.refused(reply, "Assign to IB")


@pytest.mark.parametrize("now", [found(by("901")), Missing(WhyNone.MISSED)])
def test_a_record_that_has_changed_is_looked_up_again_first(
    office: Office, now: Found | Missing
) -> None:
    office.hire()
    reply = office.look_up()
    office.hold(now)

    assert "record has changed" in office.refused(reply, "Assign to IB")
    assert office.services.deeds.done == {}


def test_a_busy_event_worker_leaves_the_record_as_it_is_shown(office: Office) -> None:
    office.hire()
    reply = office.look_up()
    office.services.deeds.busy = True

    assert "in a moment" in office.refused(reply, "Assign to IB")
