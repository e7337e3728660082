"""What commands read, by one suite on the fakes and on the table in both emulations."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic

import pytest

from tests.integration.front.conftest import TABLE, Cloud, moto, sdk, wire
from tests.integration.front.worlds import NOW, FakeWorld, TableWorld, World
from usher.analytics.store import DynamoRollups
from usher.attribution import reads
from usher.attribution.causes import Cause
from usher.attribution.model import CodeStatus
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import CodeSummary, MemberOrigin, OutcomeName
from usher.contracts.deferred import DeferredCommand
from usher.contracts.effect import decode_effect
from usher.credit import places
from usher.credit import reads as credit_reads
from usher.credit.places import Place, Surety
from usher.credit.queries import Period, Standing, Tally
from usher.credit.reads import board_name
from usher.ids import VANITY, ChannelId, GuildId, InviteCode, UserId
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.message_sender import SqsSender
from usher.platform.signed_http import AwsError
from usher.platform.sqs_sender import EffectSender
from usher.timing.terms import end_due

GUILD, OTHER_GUILD = GuildId("613425648685547541"), GuildId("1")
MEMBER = UserId("53908232506183680")


@pytest.fixture(params=["fake", "emulator", "moto"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    place = moto() if request.param == "moto" else wire(request.getfixturevalue("emulator"))
    with place as cloud:
        yield TableWorld(cloud)


def test_a_member_who_invited_nobody_has_zeros(world: World) -> None:
    assert world.credit.tally(GUILD, MEMBER) == Tally()


def test_a_tally_is_of_its_guild_and_of_all_time(world: World) -> None:
    world.tally(GUILD, Period.ALL, MEMBER, Tally(5, -2, 1, 1))
    world.tally(GUILD, Period.DAY, MEMBER, Tally(1))
    world.tally(OTHER_GUILD, Period.ALL, MEMBER, Tally(9))

    assert world.credit.tally(GUILD, MEMBER) == Tally(5, -2, 1, 1)


def test_tracking_is_on_until_it_is_turned_off_and_on_again(world: World) -> None:
    assert not world.credit.tracking_off(GUILD)

    world.tracking(GUILD, "off")
    assert world.credit.tracking_off(GUILD)
    assert not world.credit.tracking_off(OTHER_GUILD)

    world.tracking(GUILD, None)
    assert not world.credit.tracking_off(GUILD)


def test_a_board_is_ordered_by_score_then_by_user_id_as_a_number(world: World) -> None:
    rows = {"100": Tally(3), "9": Tally(3), "20": Tally(7, 0, 1), "5": Tally(1), "6": Tally(1)}
    for user, tally in rows.items():
        world.tally(GUILD, Period.ALL, user, tally)

    page = world.credit.leaderboard(GUILD, Period.ALL, NOW, 1, 10)

    assert [row.user_id for row in page.standings] == ["20", "9", "100", "5", "6"]
    assert page.standings[0] == Standing(UserId("20"), Tally(7, 0, 1))
    assert not page.has_next


def test_members_without_an_effective_invite_are_left_out(world: World) -> None:
    world.tally(GUILD, Period.ALL, "1", Tally(2, 0, 0, 2))
    world.tally(GUILD, Period.ALL, "2", Tally(0, -3))
    world.tally(GUILD, Period.ALL, "3", Tally(1))

    page = world.credit.leaderboard(GUILD, Period.ALL, NOW, 1, 10)

    assert [row.user_id for row in page.standings] == ["3"]


def test_pages_split_equals_the_same_way_each_time(world: World) -> None:
    users = [str(n) for n in range(8, 33)]
    for user in reversed(users):
        world.tally(GUILD, Period.WEEK, user, Tally(4))
    world.tally(GUILD, Period.WEEK, "7", Tally(1))

    pages = [world.credit.leaderboard(GUILD, Period.WEEK, NOW, n, 5) for n in range(1, 8)]

    assert [row.user_id for page in pages for row in page.standings] == [*users, "7"]
    assert [page.has_next for page in pages] == [True] * 5 + [False] * 2
    assert pages[6].standings == ()


def test_equals_are_read_up_to_a_bound_and_split_alike_on_every_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_reads, "MOST_RANKED", 20)
    for user in range(10, 60):
        world.tally(GUILD, Period.ALL, str(user), Tally(4))

    pages = [world.credit.leaderboard(GUILD, Period.ALL, NOW, n, 5) for n in range(1, 5)]

    shown = [row.user_id for page in pages for row in page.standings]
    assert len(set(shown)) == 20
    assert shown == sorted(shown)
    assert all(page.has_next for page in pages)


def test_a_place_is_the_one_on_the_pages(world: World) -> None:
    for user, number in (("100", 3), ("9", 3), ("20", 7), ("5", 1), ("6", 0)):
        world.tally(GUILD, Period.WEEK, user, Tally(number))

    found = {
        user: world.credit.place(GUILD, Period.WEEK, NOW, UserId(user))
        for user in ("20", "9", "100", "5", "6", "77")
    }

    assert found == {
        "20": Place(1),
        "9": Place(2),
        "100": Place(3),
        "5": Place(4),
        "6": None,
        "77": None,
    }


def test_a_place_far_down_follows_from_the_histogram(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_reads, "MOST_RANKED", 5)
    monkeypatch.setattr(places, "MOST_RANKED", 5)
    world = TableWorld(cloud)
    for user in range(10, 20):
        world.tally(GUILD, Period.ALL, str(user), Tally(4))
    world.tally(GUILD, Period.ALL, "1", Tally(2))
    world.tally(GUILD, Period.ALL, "2", Tally(2))

    assert world.credit.place(GUILD, Period.ALL, NOW, UserId("1")) == Place(5, Surety.BEYOND)
    histogram = world.credit.histogram(GUILD, Period.ALL, NOW)
    DynamoRollups().put_places(GUILD, "all", histogram, NOW + timedelta(days=1))

    assert histogram == {4: 10, 2: 2}
    assert world.credit.place(GUILD, Period.ALL, NOW, UserId("1")) == Place(11, Surety.ABOUT)
    assert world.credit.place(GUILD, Period.ALL, NOW, UserId("12")) == Place(1, Surety.SHARED)


def test_who_left_is_marked(world: World) -> None:
    world.tally(GUILD, Period.ALL, "1", Tally(2))
    world.tally(GUILD, Period.ALL, "2", Tally(1))
    world.tally(GUILD, Period.ALL, "3", Tally(1))
    world.origin(GUILD, member("1", left=True))
    world.origin(GUILD, member("2"))

    page = world.credit.leaderboard(GUILD, Period.ALL, NOW, 1, 10)

    assert [row.gone for row in page.standings] == [True, False, False]


def member(user: str, *, left: bool = False) -> MemberOrigin:
    gone = NOW if left else None
    joined_at = NOW - timedelta(days=1)
    return MemberOrigin(UserId(user), joined_at, gone, OutcomeName.UNATTRIBUTED, Kind.UNKNOWN)


def test_boards_of_periods_and_guilds_are_apart(world: World) -> None:
    for number, period in enumerate(Period, 1):
        world.tally(GUILD, period, str(number), Tally(1))
    world.tally(OTHER_GUILD, Period.DAY, "9", Tally(1))

    found = {
        period: [row.user_id for row in page.standings]
        for period in Period
        if (page := world.credit.leaderboard(GUILD, period, NOW, 1, 10))
    }

    assert found == {Period.DAY: ["1"], Period.WEEK: ["2"], Period.ALL: ["3"]}


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-20T12:00:00+00:00", "2026-W47"),
        ("2027-01-03T23:59:59+00:00", "2026-W53"),
        ("2027-01-04T00:00:00+01:00", "2026-W53"),
        ("2024-12-30T00:00:00+00:00", "2025-W01"),
    ],
)
def test_weeks_are_iso_weeks_of_utc(now: str, week: str) -> None:
    moment = datetime.fromisoformat(now)

    assert board_name(GUILD, Period.WEEK, moment) == f"G#{GUILD}#board#week#{week}"


def origin(**changes: object) -> MemberOrigin:
    fields: dict[str, object] = {
        "user_id": MEMBER,
        "joined_at": NOW,
        "left_at": None,
        "outcome": OutcomeName.ATTRIBUTED,
        "kind": Kind.INVITE,
        "code": InviteCode("abc"),
        "inviter_id": UserId("80351110224678912"),
        "confidence": Confidence.EXACT,
        "method": Method.USE_COUNT,
        "candidates": (InviteCode("abc"),),
    }
    return MemberOrigin(**{**fields, **changes})  # type: ignore[arg-type] # one thing overridden


@pytest.mark.parametrize(
    "known",
    [
        origin(),
        origin(left_at=NOW + timedelta(seconds=5)),
        origin(left_at=NOW, cause=Cause.KICKED, removed_by=UserId("80351110224678999")),
        origin(kind=Kind.VANITY, inviter_id=VANITY, method=Method.VANITY_COUNT),
        origin(
            code=None,
            method=Method.SAME_INVITER,
            candidates=(InviteCode("abc"), InviteCode("def")),
        ),
        MemberOrigin(
            MEMBER,
            NOW,
            None,
            OutcomeName.AMBIGUOUS,
            Kind.UNKNOWN,
            confidence=Confidence.AMBIGUOUS,
            candidates=(InviteCode("a"), InviteCode("b")),
            reason=Reason.SEVERAL_POSSIBLE,
        ),
        MemberOrigin(
            MEMBER, NOW, None, OutcomeName.UNATTRIBUTED, Kind.BOT, reason=Reason.BOT_ADDED
        ),
    ],
)
def test_an_origin_is_read_whole(world: World, known: MemberOrigin) -> None:
    world.origin(GUILD, known)

    assert world.invites.origin(GUILD, MEMBER) == known
    assert world.invites.origin(OTHER_GUILD, MEMBER) is None


def code(name: str, uses: int | None = 1, expires_at: datetime | None = None) -> CodeSummary:
    return CodeSummary(InviteCode(name), uses, 10, expires_at, ChannelId("77"), 2)


def test_codes_are_the_active_ones_of_that_member_most_used_first(world: World) -> None:
    soon = NOW + timedelta(seconds=1)
    world.code(GUILD, MEMBER, code("few", 1, soon))
    world.code(GUILD, MEMBER, code("many", 9))
    world.code(GUILD, MEMBER, code("hidden", None))
    world.code(GUILD, MEMBER, code("past", 5, NOW))
    world.code(GUILD, MEMBER, code("revoked", 5), status=CodeStatus.REVOKED)
    world.code(GUILD, UserId("9"), code("other", 5))

    found = world.invites.codes_of(GUILD, MEMBER, NOW)

    assert found == (code("many", 9), code("few", 1, soon), code("hidden", None))


def test_the_word_for_active_is_the_model_s() -> None:
    assert CodeStatus(reads.ACTIVE) is CodeStatus.ACTIVE


def test_many_items_are_read_by_key_and_missing_ones_left_out(cloud: Cloud) -> None:
    world = TableWorld(cloud)
    for number in range(1, 121):
        world.tally(GUILD, Period.ALL, str(number), Tally(number))
    table = DynamoReads(cloud.dynamodb, TABLE)

    found = table.get_many((f"G#{GUILD}", f"C#{number}") for number in range(1, 240, 2))

    assert {key[1]: item["tracked"] for key, item in found.items()} == {
        f"C#{number}": number for number in range(1, 120, 2)
    }


def test_a_board_beyond_one_megabyte_is_read_to_its_end(cloud: Cloud) -> None:
    dynamodb = sdk("dynamodb")
    filler = {"S": "x" * 300_000}
    for number in range(1, 6):
        dynamodb.put_item(
            TableName=TABLE,
            Item={
                "pk": {"S": "G#1"},
                "sk": {"S": f"C#{number}"},
                "board": {"S": "big"},
                "score": {"N": str(number)},
                "filler": filler,
            },
        )

    rows = DynamoReads(cloud.dynamodb, TABLE).board("big", limit=2)

    assert [row["score"] for row in rows] == [5, 4, 3, 2, 1]
    dynamodb.close()


def test_a_missing_table_is_an_error_with_its_name(cloud: Cloud) -> None:
    with pytest.raises(AwsError) as caught:
        DynamoReads(cloud.dynamodb, "none").get(("a", "b"))

    assert caught.value.code == "ResourceNotFoundException"


def test_a_deferred_command_arrives_in_the_queue_as_it_was_sent(cloud: Cloud) -> None:
    sqs = sdk("sqs")
    url = sqs.create_queue(QueueName="commands")["QueueUrl"]
    interaction: dict[str, object] = {"id": "1", "data": {"name": "Zoë 🎈\n\u2028", "options": []}}

    SqsSender(cloud.sqs, url).defer(interaction)

    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert DeferredCommand.decode(message["Body"]) == DeferredCommand(interaction)
    sqs.close()


def test_a_missing_queue_is_an_error_with_its_name(cloud: Cloud) -> None:
    with pytest.raises(AwsError) as caught:
        SqsSender(cloud.sqs, f"{cloud.url}/000000000000/none").send("{}")

    assert "QueueDoesNotExist" in caught.value.code or "NonExistentQueue" in caught.value.code


def test_ends_wait_in_the_queue_for_as_long_as_each_is_to(cloud: Cloud) -> None:
    sqs = sdk("sqs")
    url = sqs.create_queue(QueueName="effects")["QueueUrl"]
    due = [end_due(GuildId("1"), f"X#ban#{n}", NOW) for n in range(12)]

    began = monotonic()
    EffectSender(cloud.sqs, url).schedule([(order, 900 if n else 1) for n, order in enumerate(due)])

    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert decode_effect(message["Body"]) == due[0]
    assert monotonic() - began >= 1
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert told["ApproximateNumberOfMessagesDelayed"] == "11"
    sqs.close()
