"""members-search: what it finds, in which order, when, and for whom."""

from datetime import timedelta
from typing import Any

import pytest

from infra.practice import Intents, Permission, Practice
from tests.practice.conftest import FakeClock
from tests.practice.rest import Rest
from tests.practice.test_permissions import restrict, role_id


class Search:
    """Asks members-search about the first guild."""

    def __init__(self, practice: Practice, rest: Rest) -> None:
        self._practice = practice
        self._rest = rest
        self.path = f"/guilds/{practice.guild.id}/members-search"

    async def __call__(self, **body: Any) -> dict[str, Any]:  # noqa: ANN401 a JSON body
        found: dict[str, Any] = await self._rest.call("POST", self.path, body)
        return found

    async def names(self, **filters: Any) -> list[str]:  # noqa: ANN401 a JSON body
        return self.of(await self(and_query=filters, limit=1_000))

    def of(self, found: dict[str, Any]) -> list[str]:
        return [item["member"]["user"]["global_name"] for item in found["members"]]


@pytest.fixture
def ask(practice: Practice, rest: Rest) -> Search:
    practice.faults.index_lag(0)
    return Search(practice, rest)


def milliseconds(practice: Practice) -> int:
    return int(practice.world.now.timestamp() * 1_000)


@pytest.mark.asyncio
async def test_each_way_in_is_told_apart(practice: Practice, ask: Search, clock: FakeClock) -> None:
    guild = practice.guild
    inviter = guild.invites["JonasOpen7"].inviter_id
    came: dict[str, tuple[int, str | None, str | None]] = {
        "By invite": (5, "JonasOpen7", inviter),
        "By vanity": (6, "practice", None),
        "By discovery": (3, None, None),
        "By hub": (4, None, None),
        "By the app": (1, None, practice.application_id),
    }
    practice.join(guild.id, "JonasOpen7", "By invite")
    practice.join(guild.id, "practice", "By vanity")
    practice.join(guild.id, user="By discovery", via="discovery")
    practice.join(guild.id, user="By hub", via="hub")
    practice.join(guild.id, user="By the app", via="oauth2")
    practice.join(guild.id, user="A bot", bot=True)
    clock.advance(seconds=1)

    found = await ask(
        and_query={"guild_joined_at": {"range": {"gte": milliseconds(practice) - 1_000}}}
    )

    told = {
        item["member"]["user"]["global_name"]: (
            item["join_source_type"],
            item["source_invite_code"],
            item["inviter_id"],
        )
        for item in found["members"]
    }
    assert told == {**came, "A bot": (1, None, guild.owner_id)}


@pytest.mark.asyncio
async def test_newcomers_are_found_after_the_index_delay_and_leavers_never(
    practice: Practice, rest: Rest, clock: FakeClock
) -> None:
    search = Search(practice, rest)
    member = practice.join(practice.guild.id, "JonasOpen7", "Robin")
    wanted = {"user_id": {"or_query": [member.user_id]}}
    clock.advance(seconds=19)
    assert await search.names(**wanted) == []
    clock.advance(seconds=1)
    assert await search.names(**wanted) == ["Robin"]
    practice.leave(practice.guild.id, member.user_id)
    assert await search.names(**wanted) == []


@pytest.mark.asyncio
async def test_the_index_may_not_be_available_yet(
    practice: Practice, ask: Search, rest: Rest
) -> None:
    practice.faults.index_unavailable(times=2, retry_after=7)
    for _ in range(2):
        answer = await rest.call("POST", ask.path, {}, expect=202)
        assert answer == {
            "message": "Index not yet available. Try again later",
            "code": 110_000,
            "documents_indexed": 0,
            "retry_after": 7,
        }
    assert (await ask())["total_result_count"] == 6


@pytest.mark.asyncio
async def test_permission_and_privileged_intent_are_needed(
    practice: Practice, ask: Search, rest: Rest
) -> None:
    practice.approved_intents = Intents.NONE
    await rest.refused("POST", ask.path, {}, status=403, code=50001)
    await rest.refused("GET", f"/guilds/{practice.guild.id}/members", status=403, code=50001)
    practice.approved_intents = Intents.GUILD_MEMBERS
    restrict(practice, Permission.VIEW_AUDIT_LOG)
    await rest.refused("POST", ask.path, {}, status=403, code=50013)


@pytest.mark.asyncio
async def test_filters(practice: Practice, ask: Search, clock: FakeClock) -> None:
    guild = practice.guild
    practice.screen_members(guild.id)
    robin = practice.join(guild.id, "TheoWk25", "Robin")
    clock.advance(seconds=1)
    between = milliseconds(practice)
    practice.leave(guild.id, robin.user_id)
    practice.join(guild.id, "JonasOpen7", robin.user_id)
    practice.pass_screening(guild.id, robin.user_id)
    kim = practice.join(guild.id, "JonasOpen7", "Kim", account_age=timedelta(days=9))
    staff, regular = role_id(practice, "Staff"), role_id(practice, "Regular")
    guild.members[kim.user_id].roles = [staff, regular]
    guild.members[kim.user_id].communication_disabled_until = clock.now + timedelta(hours=1)
    until = milliseconds(practice)
    newer = {"guild_joined_at": {"range": {"gte": between}}}

    assert set(await ask.names(**newer)) == {"Robin", "Kim"}
    assert "Kim" not in await ask.names(guild_joined_at={"range": {"lte": between - 1}})
    assert await ask.names(did_rejoin=True) == ["Robin"]
    assert await ask.names(did_rejoin=False, **newer) == ["Kim"]
    assert await ask.names(is_pending=True) == ["Kim"]
    assert await ask.names(is_pending=False, **newer) == ["Robin"]
    assert await ask.names(source_invite_code={"or_query": ["TheoWk25"]}) == []
    assert len(await ask.names(source_invite_code={"or_query": ["TheoWk25", "JonasOpen7"]})) == 2
    assert set(await ask.names(join_source_type={"or_query": [5]})) == {"Robin", "Kim"}
    assert await ask.names(user_id={"range": {"gte": kim.user_id}}) == ["Kim"]
    assert await ask.names(role_ids={"and_query": [staff, regular]}) == ["Kim"]
    assert set(await ask.names(role_ids={"or_query": [staff]})) == {"Kim", "Theo"}
    assert await ask.names(usernames={"or_query": ["ki", "rob"]}, did_rejoin=True) == ["Robin"]
    timed_out = {"communication_disabled_until": {"range": {"gte": until}}}
    assert await ask.names(safety_signals=timed_out) == ["Kim"]
    assert await ask.names(safety_signals={"unusual_account_activity": True}) == []
    either = await ask(or_query={"did_rejoin": True, "is_pending": True})
    assert set(ask.of(either)) == {"Robin", "Kim"}
    both = await ask(or_query={"did_rejoin": True}, and_query={"is_pending": True})
    assert both["members"] == []


@pytest.mark.asyncio
@pytest.mark.parametrize("sort", [1, 2, 3, 4])
async def test_pages_by_keyset_in_every_order(
    practice: Practice, ask: Search, clock: FakeClock, sort: int
) -> None:
    for number in range(23):
        practice.join(practice.guild.id, user=f"Guest {number}", via="discovery")
        if number % 3 == 0:
            clock.advance(seconds=1)

    def place(item: dict[str, Any]) -> tuple[str, int]:
        return item["member"]["joined_at"][:23], int(item["member"]["user"]["id"])

    everybody = (await ask(sort=sort, limit=1_000))["members"]
    by_id = sort > 2
    keys = [(int(item["member"]["user"]["id"]),) if by_id else place(item) for item in everybody]
    assert keys == sorted(keys, reverse=sort in (1, 3))
    paged: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while (page := await ask(sort=sort, limit=7, **cursor))["members"]:
        assert page["total_result_count"] == len(everybody) == 29
        assert page["page_result_count"] == len(page["members"])
        paged += page["members"]
        cursor = {"after": key_of(practice, paged[-1])}
    assert paged == everybody
    back = await ask(sort=sort, limit=7, before=key_of(practice, everybody[10]))
    assert back["members"] == everybody[3:10]


def key_of(practice: Practice, item: dict[str, Any]) -> dict[str, Any]:
    user_id = item["member"]["user"]["id"]
    joined_at = practice.guild.members[user_id].joined_at
    return {"user_id": user_id, "guild_joined_at": int(joined_at.timestamp() * 1_000)}


@pytest.mark.asyncio
async def test_by_default_the_newest_twenty_five(
    practice: Practice, ask: Search, clock: FakeClock
) -> None:
    for number in range(30):
        practice.join(practice.guild.id, user=f"Guest {number}", via="discovery")
        clock.advance(seconds=1)
    found = await ask()
    assert ask.of(found) == [f"Guest {number}" for number in range(29, 4, -1)]
    assert found["total_result_count"] == 36


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1_001}, "limit"),
        ({"sort": 5}, "sort"),
        ({"and_query": {"user_id": {"or_query": ["1"] * 11}}}, "and_query"),
        ({"or_query": {"source_invite_code": {"or_query": ["x" * 101]}}}, "or_query"),
        ({"and_query": {"usernames": {"or_query": [""]}}}, "and_query"),
        ({"and_query": {"guild_joined_at": {"range": {"gte": "soon"}}}}, "and_query"),
        ({"after": {"user_id": "abc", "guild_joined_at": 1}}, "after"),
    ],
)
async def test_what_is_wrong_with_a_query_is_named(
    ask: Search, rest: Rest, body: dict[str, Any], field: str
) -> None:
    answer = await rest.refused("POST", ask.path, body, status=400, code=50035)
    assert list(answer["errors"]) == [field]


@pytest.mark.asyncio
async def test_the_eleventh_value_is_named_with_its_path(ask: Search, rest: Rest) -> None:
    body = {"and_query": {"user_id": {"or_query": ["1"] * 11}}}
    answer = await rest.refused("POST", ask.path, body, status=400, code=50035)
    (error,) = answer["errors"]["and_query"]["user_id"]["or_query"]["_errors"]
    assert error["code"] == "BASE_TYPE_BAD_LENGTH"
