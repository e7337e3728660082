"""The wire form of an Observation: exact, refusing what it is not, cut to the size of a message."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usher.contracts.errors import ContractError
from usher.contracts.observation import (
    AuditEntry,
    CodesDue,
    ImportEnded,
    InviteCreated,
    InviteDeleted,
    InviteLook,
    InviteRow,
    InviteTargeted,
    MemberAdded,
    MemberBanned,
    MemberFound,
    MemberJoined,
    MemberLeft,
    MemberSearched,
    MemberUpdated,
    Observation,
    Person,
    VanityLook,
)
from usher.contracts.observation_codec import (
    LOOK_TOO_LARGE,
    MESSAGE_LIMIT,
    decode,
    encode,
    split,
)
from usher.ids import ChannelId, GuildId, InviteCode, RoleId, UserId

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

times = st.integers(0, 10**16).map(
    lambda number: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
)
snowflakes = st.integers(0, 2**64 - 1).map(str)
users = snowflakes.map(UserId)
codes = st.text(min_size=1, max_size=12).map(InviteCode)
counts = st.integers(0, 2**53)
words = st.text(max_size=20)
roles = st.lists(snowflakes.map(RoleId), max_size=3).map(tuple)
people = st.builds(
    Person,
    user_id=users,
    username=words,
    display_name=words,
    discriminator=words,
    bot=st.booleans(),
    has_avatar=st.booleans(),
)
rows = st.builds(
    InviteRow,
    code=codes,
    inviter_id=st.none() | users,
    channel_id=st.none() | snowflakes.map(ChannelId),
    uses=st.none() | counts,
    max_uses=counts,
    max_age=counts,
    temporary=st.booleans(),
    created_at=st.none() | times,
    expires_at=st.none() | times,
)
events = st.one_of(
    st.builds(
        MemberJoined,
        person=people,
        joined_at=times,
        at=times,
        pending=st.booleans(),
        flags=counts,
        roles=roles,
    ),
    st.builds(
        MemberUpdated, user_id=users, joined_at=times, pending=st.booleans(), roles=roles, at=times
    ),
    st.builds(MemberLeft, user_id=users, at=times, audited=st.booleans(), until=st.none() | times),
    st.builds(MemberBanned, user_id=users, at=times),
    st.builds(InviteCreated, invite=rows, at=times),
    st.builds(InviteDeleted, code=codes, at=times),
    st.builds(
        AuditEntry,
        action=counts,
        user_id=st.none() | users,
        target_id=st.none() | words,
        code=st.none() | codes,
        at=times,
        invite=st.none() | rows,
        made_at=st.none() | times,
        removed=st.none() | counts,
    ),
    st.builds(CodesDue, codes=st.lists(codes, max_size=3).map(tuple), at=times),
    st.builds(InviteTargeted, code=codes, users=st.lists(users, max_size=3).map(tuple), at=times),
    st.builds(
        MemberAdded,
        user_id=users,
        at=times,
        inviter_id=st.none() | users,
        link=st.none() | words,
        done=st.booleans(),
    ),
    st.builds(MemberFound, person=people, joined_at=times, at=times),
    st.builds(
        MemberSearched,
        person=people,
        joined_at=times,
        at=times,
        source=counts,
        code=st.none() | codes,
        inviter_id=st.none() | users,
        imported=st.booleans(),
    ),
    st.builds(ImportEnded, at=times, by_counts=st.booleans()),
)
looks = st.builds(
    InviteLook,
    at=times,
    status=st.integers(0, 599),
    full=st.booleans(),
    rows=st.lists(rows, max_size=5).map(tuple),
    gone=st.lists(codes, max_size=5).map(tuple),
)
vanities = st.builds(
    VanityLook,
    at=times,
    status=st.integers(0, 599),
    code=st.none() | codes,
    uses=st.none() | counts,
)
observations = st.builds(
    Observation,
    id=st.text(alphabet="abcdef0123456789-", min_size=1, max_size=40),
    guild_id=snowflakes.map(GuildId),
    guild_name=words,
    at=times,
    events=st.lists(events, max_size=12).map(tuple),
    look=st.none() | looks,
    vanity=st.none() | vanities,
    gap=st.booleans(),
    names=st.lists(st.tuples(users, words), max_size=5).map(tuple),
    member_count=st.none() | counts,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["v", "id", "at", "t", "events", "look", "rows", "code", "x"]), inner
        )
    ),
    max_leaves=12,
)


@given(observations)
def test_what_was_encoded_is_decoded_exactly(observation: Observation) -> None:
    body = encode(observation)
    assert body.isascii()
    assert decode(body) == observation


def test_a_message_of_a_listener_that_knew_neither_roles_nor_numbers_is_read() -> None:
    observation = Observation("a", GuildId("1"), "", NOON, (join(1),))
    fields = json.loads(encode(observation))
    del fields["member_count"]
    del fields["events"][0]["roles"]
    assert decode(json.dumps(fields)) == observation


@given(st.one_of(st.text(), json_values.map(json.dumps)))
def test_decoding_anything_else_raises_nothing_but_a_contract_error(body: str) -> None:
    with pytest.raises(ContractError):
        decode(body)


@given(observations, st.data())
def test_damaging_a_field_is_noticed_or_harmless(
    observation: Observation, data: st.DataObject
) -> None:
    # Given a good message in which one value, however deep, is replaced by another
    fields = json.loads(encode(observation))
    place = fields
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(json_values)
        break
    # When it is read, then it is an observation or a contract error
    with contextlib.suppress(ContractError):
        decode(json.dumps(fields))


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        "9" * 5_000,
        '{"v":1e999}',
        '{"v":true}',
        '{"v":2}',
        "null",
        '{"v":1,"id":"a b","guild_id":"1"}',
        '{"v":1,"id":"a","guild_id":"../1"}',
    ],
)
def test_hostile_bodies_are_contract_errors(body: str) -> None:
    with pytest.raises(ContractError):
        decode(body)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "2026-11-20T12:00:00", "now"])
def test_times_beyond_the_calendar_or_without_offset_are_refused(moment: str) -> None:
    fields = json.loads(encode(Observation(id="a", guild_id=GuildId("1"), guild_name="", at=NOON)))
    fields["at"] = moment
    with pytest.raises(ContractError):
        decode(json.dumps(fields))


def row(number: int) -> InviteRow:
    return InviteRow(
        code=InviteCode(f"Ab3dEf{number:04d}"),
        inviter_id=UserId(str(1_250_000_000_000_000_000 + number)),
        channel_id=ChannelId(str(1_150_000_000_000_000_000 + number)),
        uses=number * 7,
        max_uses=100,
        max_age=604_800,
        temporary=False,
        created_at=NOON + timedelta(microseconds=number),
        expires_at=NOON + timedelta(days=7, microseconds=number),
    )


def join(number: int) -> MemberJoined:
    person = Person(
        user_id=UserId(str(1_350_000_000_000_000_000 + number)),
        username=f"somebody.with.a.long.name{number:06d}",
        display_name="Žofie 🌺" * 3,
    )
    return MemberJoined(person=person, joined_at=NOON, at=NOON + timedelta(milliseconds=number))


def large(joins: int) -> Observation:
    invites = tuple(row(number) for number in range(1_000))
    return Observation(
        id="0123456789abcdef-1",
        guild_id=GuildId("1150000000000000000"),
        guild_name="A guild",
        at=NOON,
        events=tuple(join(number) for number in range(joins)),
        look=InviteLook(at=NOON, status=200, rows=invites),
        vanity=VanityLook(at=NOON, status=200),
        gap=True,
        names=tuple(
            (invite.inviter_id or UserId("0"), f"inviter.name.{number}")
            for number, invite in enumerate(invites)
        ),
    )


def test_a_thousand_invites_with_a_hundred_joins_fit_one_message() -> None:
    observation = large(joins=100)
    assert len(encode(observation)) < MESSAGE_LIMIT
    assert split(observation) == [observation]


def test_surplus_joins_go_before_the_part_with_the_look() -> None:
    # Given a raid of 3,000 joins
    observation = large(joins=3_000)
    # When it is cut
    parts = split(observation)
    # Then every part fits, the order of events is kept, and the look comes last
    assert len(parts) > 2
    assert all(len(encode(part)) <= MESSAGE_LIMIT for part in parts)
    assert tuple(event for part in parts for event in part.events) == observation.events
    assert [part.look for part in parts] == [None] * (len(parts) - 1) + [observation.look]
    assert parts[-1].vanity == observation.vanity
    assert [part.id for part in parts] == [
        f"{observation.id}.{number}" for number in range(1, len(parts) + 1)
    ]
    assert [part.gap for part in parts] == [True] + [False] * (len(parts) - 1)


def test_a_look_that_fits_no_message_is_a_failed_look() -> None:
    observation = large(joins=3)
    parts = split(observation, limit=20_000)
    assert all(len(encode(part)) <= 20_000 for part in parts)
    assert tuple(event for part in parts for event in part.events) == observation.events
    assert parts[-1].look == InviteLook(at=NOON, status=LOOK_TOO_LARGE)
    assert {name for part in parts for name in part.names} == set(observation.names)


@settings(max_examples=50)
@given(observations, st.integers(3_000, 6_000))
def test_cutting_loses_no_event_and_no_name(observation: Observation, limit: int) -> None:
    parts = split(observation, limit)
    assert tuple(event for part in parts for event in part.events) == observation.events
    assert tuple(name for part in parts for name in part.names) == observation.names
    assert sum(part.gap for part in parts) == observation.gap
    assert all(len(encode(part)) <= limit for part in parts)
    assert [decode(encode(part)) for part in parts] == parts
    if len(parts) == 1:
        assert parts == [replace(observation)]
