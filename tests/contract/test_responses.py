"""What the doors answer is what Discord takes; and the checks do find faults."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from tests.contract import schema
from tests.unit.interactions.doors import FakeDeferrals, Front
from tests.unit.interactions.test_broken_bodies import DATA, INTERACTION
from tests.unit.slash.fakes import FakeServices, StoreDownError
from tests.unit.slash.payloads import (
    GUILD,
    MANAGE_GUILD,
    MEMBER,
    OTHER,
    data,
    interaction,
    option,
    ping,
    slash,
    typing,
)
from usher.attribution.code_choices import CodeChoice
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import CodeSummary, MemberOrigin, OutcomeName
from usher.catalogue import ROUTER
from usher.credit.queries import Period, Tally
from usher.ids import GuildId, InviteCode, UserId
from usher.platform.discord_webhook import encode
from usher.slash import replies
from usher.slash.replies import Embed, Field, File, Reply


def populated() -> FakeServices:
    services = FakeServices()
    for period in Period:
        for number in range(1, 25):
            services.credit.put(GUILD, period, str(number), Tally(number, 1, 0, 0))
        services.credit.put(GUILD, period, MEMBER, Tally(10**9, 10**9, 5, 5))
    codes = [CodeSummary(InviteCode("x" * 90 + str(n)), n, n, None, None, n) for n in range(1000)]
    services.invites.codes[GuildId(GUILD), UserId(MEMBER)] = tuple(codes)
    many = tuple(code.code for code in codes)
    services.codes.known[GuildId(GUILD)] = tuple(
        CodeChoice(InviteCode("x" * 50 + str(n)), n, active=True, label="y" * 200)
        for n in range(1000)
    )
    services.invites.origins[GuildId(GUILD), UserId(MEMBER)] = MemberOrigin(
        UserId(MEMBER),
        None,
        None,
        OutcomeName.ATTRIBUTED,
        Kind.INVITE,
        many[0],
        UserId(OTHER),
        Confidence.EXACT,
        Method.USE_COUNT,
        many,
    )
    services.invites.origins[GuildId(GUILD), UserId(OTHER)] = MemberOrigin(
        UserId(OTHER),
        None,
        None,
        OutcomeName.AMBIGUOUS,
        Kind.UNKNOWN,
        None,
        None,
        Confidence.AMBIGUOUS,
        None,
        many,
        Reason.SEVERAL_POSSIBLE,
    )
    return services  # fmt: skip


def situations() -> Iterator[object]:
    yield ping()
    for command in ROUTER.commands():
        for permissions in (0, MANAGE_GUILD):
            yield slash(command.name, permissions=permissions)
            yield slash(command.name, option("user", OTHER, 6), permissions=permissions)
            yield slash(command.name, option("none", 1), permissions=permissions)
    for page in (0, 1, 2, 3, 100):
        yield slash("invite leaderboard", option("page", page), option("period", "day"))
    for kind in (3, 4, 5):
        yield interaction(kind, data("invite view"))
    for name in ("view_invite_logs", "export_invite_logs"):
        yield typing(name, "invite_code", "x", permissions=MANAGE_GUILD)
    yield interaction(2, {"name": "Report", "type": 2, "id": "1", "target_id": "5"})
    yield slash("invite view", guild_id=None)


@pytest.mark.parametrize("services", [FakeServices(), populated()], ids=["empty", "populated"])
def test_every_answer_fits_discord_s_description(services: FakeServices) -> None:
    for sent in situations():
        status, body = Front(services).send(sent)

        assert status == 200
        assert schema.interaction_response(body) == [], sent


def test_answers_to_failures_fit_discord_s_description() -> None:
    front = Front(services=object(), deferrals=FakeDeferrals(error=StoreDownError()))
    for sent in situations():
        _, body = front.send(sent)

        assert schema.interaction_response(body) == [], sent


@given(INTERACTION | DATA.map(lambda body: interaction(2, body, permissions=MANAGE_GUILD)))
@settings(max_examples=300, deadline=None)
def test_answers_to_anything_fit_discord_s_description(sent: object) -> None:
    status, body = Front().send(sent)

    assert status == 400 or schema.interaction_response(body) == []


LONG = Reply(
    "x" * 9000,
    tuple(Embed("y" * 9000, "z" * 999, (Field("n" * 999, "v" * 9999),) * 40) for _ in range(20)),
    files=(File("invite_logs_20261120.csv", b"\xef\xbb\xbf", "text/csv"),) * 2,
)


@pytest.mark.parametrize("reply", [Reply("done"), replies.sentence("No."), LONG])
def test_every_edit_of_a_reply_fits_discord_s_description(reply: Reply) -> None:
    content_type, body = encode(reply)
    parts = tuple(f"files[{number}]" for number in range(len(reply.files)))

    assert content_type.startswith("multipart/form-data" if parts else "application/json")
    assert schema.webhook_edit(json.loads(json.dumps(replies.message(reply))), parts) == []
    for part in parts:
        assert f'name="{part}"'.encode() in body


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"type": 2}, "type"),
        ({}, "type"),
        ([], "type"),
        ({"type": 4, "data": {"contents": "x"}}, "data"),
        ({"type": 4, "data": {"content": "x" * 2001}}, "data"),
        ({"type": 4, "data": {"content": "x", "allowed_mentions": {"parse": ["all"]}}}, "data"),
        ({"type": 4, "data": {"embeds": [{"fields": [{"name": "n"}]}]}}, "data"),
        ({"type": 8}, "body"),
        ({"type": 1, "data": {}}, "body"),
    ],
)
def test_a_fault_is_found(body: object, at: str) -> None:
    found = schema.interaction_response(body)

    assert found
    assert all(error.startswith(at) for error in found), found


def test_a_strange_file_part_is_found() -> None:
    assert schema.webhook_edit({"content": "x"}, ("files[0]", "file")) == [
        "file: not a part of the form"
    ]
