"""Auto Moderation: rules within Discord's limits, what they do, and how it is announced."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.practice import ApiError, Intents, Permission, Practice, PracticeServer
from infra.practice.automod.matching import find_keyword
from tests.practice.answering import member_id, role_id
from tests.practice.gateway_client import Socket, connect
from tests.practice.rest import Rest
from tests.practice.test_permissions import restrict

HEARD = (
    Intents.AUTO_MODERATION_EXECUTION
    | Intents.AUTO_MODERATION_CONFIGURATION
    | Intents.GUILD_MESSAGES
    | Intents.GUILD_MEMBERS
)
BLOCK: dict[str, Any] = {"type": 1, "metadata": {"custom_message": "Not here"}}
SHORT: dict[str, Any] = {"type": 3, "metadata": {"duration_seconds": 60}}


def rules(practice: Practice) -> str:
    return f"/guilds/{practice.guild.id}/auto-moderation/rules"


def keywords(*words: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 parts of a rule
    return {
        "name": "Words",
        "event_type": 1,
        "trigger_type": 1,
        "trigger_metadata": {"keyword_filter": list(words)},
        "actions": [BLOCK],
        "enabled": True,
        **more,
    }


def alert(practice: Practice) -> dict[str, Any]:
    return {"type": 2, "metadata": {"channel_id": list(practice.guild.channels)[1]}}


async def listening(
    practice: Practice, session: aiohttp.ClientSession, server: PracticeServer, more: int = 0
) -> Socket:
    socket = await connect(session, server)
    await socket.identify(practice, HEARD | more)
    await socket.settle()
    return socket


async def told(socket: Socket) -> list[tuple[str, dict[str, Any]]]:
    """Read all that was sent by now."""
    await socket.send(1, None)
    events = []
    while (frame := await socket.read())["op"] != 11:
        events.append((frame["t"], frame["d"]))
    return events


@pytest.mark.asyncio
async def test_rules_are_made_changed_deleted_announced_and_logged(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server)
        headers = {"X-Audit-Log-Reason": "set%20up"}
        made = await rest.call("POST", rules(practice), keywords("cat"), headers=headers)
        place = f"{rules(practice)}/{made['id']}"
        await rest.call("PATCH", place, {"enabled": False, "exempt_roles": []})
        await rest.call("PATCH", place, {"enabled": False})
        assert (await rest.get(place))["enabled"] is False
        await rest.call("DELETE", place, expect=204)
        events = await told(socket)
    assert [name for name, _ in events] == [
        "AUTO_MODERATION_RULE_CREATE",
        "AUTO_MODERATION_RULE_UPDATE",
        "AUTO_MODERATION_RULE_DELETE",
    ]
    assert made["creator_id"] == practice.application_id
    assert made["trigger_metadata"] == {
        "keyword_filter": ["cat"],
        "regex_patterns": [],
        "allow_list": [],
    }
    log = await rest.get(f"/guilds/{practice.guild.id}/audit-logs")
    entries = log["audit_log_entries"]
    assert [entry["action_type"] for entry in entries] == [142, 141, 140]
    assert entries[2]["reason"] == "set up"
    assert entries[1]["changes"] == [{"key": "enabled", "old_value": True, "new_value": False}]
    for method in ("GET", "DELETE"):
        await rest.refused(method, place, status=404, code=0)
    assert await rest.get(rules(practice)) == []


@pytest.mark.asyncio
async def test_one_message_gives_one_event_for_each_action(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    # Given a rule that blocks, alerts and times out
    rule = await rest.call(
        "POST", rules(practice), keywords("bad*", actions=[BLOCK, alert(practice), SHORT])
    )
    channel, ines = practice.guild.system_channel_id or "", member_id(practice, "Ines")
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server)

        # When somebody writes what it looks for
        with pytest.raises(ApiError, match="Not here"):
            practice.say(channel, ines, "a Baddish word")
        events = await told(socket)

    # Then there are three events without a message, an alert and a timeout
    done = [data for name, data in events if name == "AUTO_MODERATION_ACTION_EXECUTION"]
    assert [data["action"]["type"] for data in done] == [1, 2, 3]
    for data in done:
        assert (data["rule_id"], data["rule_trigger_type"]) == (rule["id"], 1)
        assert (data["user_id"], data["channel_id"]) == (ines, channel)
        assert data["matched_keyword"] == "bad*"
        assert (data["content"], data["matched_content"]) == ("", "")
        assert "message_id" not in data
    (posted,) = practice.messages(list(practice.guild.channels)[1])
    assert [data.get("alert_system_message_id") for data in done] == [None, posted.id, None]
    assert posted.type == 24
    assert practice.messages(channel) == []
    until = practice.guild.members[ines].communication_disabled_until
    assert until == practice.world.now + timedelta(seconds=60)
    assert [entry.action_type for entry in practice.guild.audit_log[-3:]] == [143, 144, 145]
    assert practice.guild.audit_log[-1].options["auto_moderation_rule_name"] == "Words"


@pytest.mark.asyncio
async def test_what_is_only_flagged_stands_and_names_its_message(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    await rest.call("POST", rules(practice), keywords("cat", actions=[alert(practice)]))
    channel, ines = practice.guild.system_channel_id or "", member_id(practice, "Ines")
    practice.approved_intents |= Intents.MESSAGE_CONTENT
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server, Intents.MESSAGE_CONTENT)
        message = practice.say(channel, ines, "my cat sleeps")
        events = await told(socket)
    (done,) = [data for name, data in events if name == "AUTO_MODERATION_ACTION_EXECUTION"]
    assert done["message_id"] == message.id
    assert (done["content"], done["matched_content"]) == ("my cat sleeps", "cat")
    assert [message.content for message in practice.messages(channel)] == ["my cat sleeps"]


@pytest.mark.asyncio
async def test_a_message_reaches_the_bot_without_its_content(
    practice: Practice, server: PracticeServer
) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server)
        ines = member_id(practice, "Ines")
        practice.say(practice.guild.system_channel_id or "", ines, "hello")
        ((name, data),) = await told(socket)
    assert (name, data["author"]["id"], data["content"]) == ("MESSAGE_CREATE", ines, "")


@pytest.mark.asyncio
async def test_managers_exempt_roles_and_channels_are_left_alone(
    practice: Practice, rest: Rest
) -> None:
    first, second = list(practice.guild.channels)
    regular = role_id(practice, "Regular")
    jonas, ines = member_id(practice, "Jonas"), member_id(practice, "Ines")
    practice.hand_role(practice.guild.id, jonas, regular)
    body = keywords("cat", exempt_roles=[regular], exempt_channels=[second])
    made = await rest.call("POST", rules(practice), body)
    thread = practice.start_thread(second, "talk")
    practice.say(first, jonas, "cat")
    practice.say(first, member_id(practice, "Theo"), "cat")
    practice.say(second, ines, "cat")
    practice.say(thread.id, ines, "cat")
    with pytest.raises(ApiError, match="200000"):
        practice.say(first, ines, "cat")
    await rest.call("PATCH", f"{rules(practice)}/{made['id']}", {"enabled": False})
    practice.say(first, ines, "cat")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("trigger", "metadata", "text"),
    [
        (3, {}, "get FREE NITRO here"),
        (4, {"presets": [1]}, "oh damn"),
        (5, {"mention_total_limit": 2}, "<@1> <@2> <@&3>"),
        (1, {"regex_patterns": ["(b|c)at"]}, "a Bat"),
    ],
)
async def test_every_kind_of_rule_finds_something(
    practice: Practice, rest: Rest, trigger: int, metadata: dict[str, Any], text: str
) -> None:
    body = keywords(trigger_type=trigger, trigger_metadata=metadata, actions=[{"type": 1}])
    await rest.call("POST", rules(practice), body)
    channel, ines = practice.guild.system_channel_id or "", member_id(practice, "Ines")
    practice.say(channel, ines, "nothing to see <@1> <@1>")
    with pytest.raises(ApiError, match="200000"):
        practice.say(channel, ines, text)


@pytest.mark.asyncio
async def test_a_name_sets_off_the_rule_for_profiles(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    body = keywords("raider*", trigger_type=6, event_type=2, actions=[alert(practice), {"type": 4}])
    await rest.call("POST", rules(practice), body)
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server)
        member = practice.join(practice.guild.id, "JonasOpen7", "Raider 7")
        events = await told(socket)
    done = [data for name, data in events if name == "AUTO_MODERATION_ACTION_EXECUTION"]
    assert [data["action"]["type"] for data in done] == [2, 4]
    assert all("channel_id" not in data and "message_id" not in data for data in done)
    assert member.flags & 1 << 7


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("cat", "a cat", "cat"),
        ("cat", "catch", None),
        ("cat*", "a CATch", "CAT"),
        ("*cat", "wildcat", "cat"),
        ("*cat", "location", None),
        ("*cat*", "location", "cat"),
        ("the mat", "on the mat.", "the mat"),
        ("i like c++", "i like c++ a lot", "i like c++"),
    ],
)
def test_keywords_match_as_documented(keyword: str, text: str, found: str | None) -> None:
    match = find_keyword([keyword], text)
    assert (match.content if match else None) == found


@given(st.text(alphabet="ab* .+(", min_size=1, max_size=20), st.text(max_size=50))
def test_any_keyword_is_taken_literally(keyword: str, text: str) -> None:
    match = find_keyword([keyword], text)
    if match is not None:
        assert match.content is not None
        assert match.content.lower() == keyword.strip("*").lower()


@pytest.mark.asyncio
async def test_an_allow_list_lets_words_through(practice: Practice, rest: Rest) -> None:
    metadata = {"keyword_filter": ["*cat*"], "allow_list": ["location"]}
    await rest.call("POST", rules(practice), keywords(trigger_metadata=metadata))
    channel, ines = practice.guild.system_channel_id or "", member_id(practice, "Ines")
    practice.say(channel, ines, "a location")
    with pytest.raises(ApiError, match="200000"):
        practice.say(channel, ines, "a location of cats")


@pytest.mark.asyncio
async def test_six_rules_of_keywords_and_one_of_each_other_kind(
    practice: Practice, rest: Rest
) -> None:
    for number in range(6):
        await rest.call("POST", rules(practice), keywords("cat", name=f"Words {number}"))
    bodies = [keywords("cat")]
    others: tuple[tuple[int, dict[str, Any]], ...] = (
        (3, {}),
        (4, {"presets": [1]}),
        (5, {"mention_total_limit": 5}),
        (6, {}),
    )
    for trigger, metadata in others:
        body = keywords(
            trigger_type=trigger,
            trigger_metadata=metadata,
            event_type=2 if trigger == 6 else 1,
            actions=[alert(practice)],
        )
        await rest.call("POST", rules(practice), body)
        bodies.append(body)
    for body in bodies:
        answer = await rest.refused("POST", rules(practice), body, status=400, code=50035)
        assert set(answer["errors"]) == {"trigger_type"}
    assert len(await rest.get(rules(practice))) == 10


ROLES = [str(10**17 + number) for number in range(51)]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": "x" * 101}, "name"),
        ({"name": None}, "name"),
        ({"event_type": 2}, "event_type"),
        ({"trigger_type": 2}, "trigger_type"),
        ({"trigger_type": 6}, "event_type"),
        ({"trigger_metadata": {"keyword_filter": ["x" * 61]}}, "trigger_metadata.keyword_filter.0"),
        (
            {"trigger_metadata": {"keyword_filter": ["x"] * 1_001}},
            "trigger_metadata.keyword_filter",
        ),
        ({"trigger_metadata": {"allow_list": ["x"] * 101}}, "trigger_metadata.allow_list"),
        ({"trigger_metadata": {"regex_patterns": ["x"] * 11}}, "trigger_metadata.regex_patterns"),
        (
            {"trigger_metadata": {"regex_patterns": ["x" * 261]}},
            "trigger_metadata.regex_patterns.0",
        ),
        ({"trigger_metadata": {"regex_patterns": ["("]}}, "trigger_metadata.regex_patterns.0"),
        (
            {"trigger_type": 4, "trigger_metadata": {"presets": [9]}},
            "trigger_metadata.presets",
        ),
        (
            {"trigger_type": 5, "trigger_metadata": {"mention_total_limit": 51}},
            "trigger_metadata.mention_total_limit",
        ),
        ({"actions": []}, "actions"),
        ({"actions": [{"type": 9}]}, "actions.0.type"),
        ({"actions": [{"type": 4}]}, "actions.0.type"),
        ({"trigger_type": 3, "actions": [SHORT]}, "actions.0.type"),
        ({"trigger_type": 4, "actions": [SHORT]}, "actions.0.type"),
        (
            {"actions": [{"type": 3, "metadata": {"duration_seconds": 2_419_201}}]},
            "actions.0.metadata.duration_seconds",
        ),
        ({"actions": [{"type": 2}]}, "actions.0.metadata.channel_id"),
        (
            {"actions": [{"type": 2, "metadata": {"channel_id": "1"}}]},
            "actions.0.metadata.channel_id",
        ),
        (
            {"actions": [{"type": 1, "metadata": {"custom_message": "x" * 151}}]},
            "actions.0.metadata.custom_message",
        ),
        ({"exempt_roles": ROLES[:21]}, "exempt_roles"),
        ({"exempt_channels": ROLES[:51]}, "exempt_channels"),
    ],
)
async def test_a_rule_beyond_a_limit_names_the_field(
    practice: Practice, rest: Rest, change: dict[str, Any], path: str
) -> None:
    body = {**keywords("cat"), **change}
    answer = await rest.refused("POST", rules(practice), body, status=400, code=50035)
    at = answer["errors"]
    for part in path.split("."):
        assert part in at, answer
        at = at[part]
    assert at["_errors"]
    assert practice.guild.automod_rules == {}


@pytest.mark.asyncio
async def test_a_change_beyond_a_limit_changes_nothing(practice: Practice, rest: Rest) -> None:
    made = await rest.call("POST", rules(practice), keywords("cat"))
    place = f"{rules(practice)}/{made['id']}"
    body = {"name": "New", "actions": []}
    await rest.refused("PATCH", place, body, status=400, code=50035)
    assert await rest.get(place) == made


@pytest.mark.asyncio
async def test_rules_need_manage_server_and_timeouts_moderate_members(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    made = await rest.call("POST", rules(practice), keywords("cat"))
    place = f"{rules(practice)}/{made['id']}"
    restrict(practice, Permission.MANAGE_GUILD)
    body = keywords("dog", actions=[SHORT])
    await rest.refused("POST", rules(practice), body, status=403, code=50013)
    await rest.refused("PATCH", place, {"actions": [SHORT]}, status=403, code=50013)
    await rest.call("PATCH", place, {"actions": [{"type": 1}]})
    restrict(practice, Permission.MODERATE_MEMBERS)
    for method, path, sent in (
        ("GET", rules(practice), None),
        ("GET", place, None),
        ("POST", rules(practice), keywords("dog")),
        ("PATCH", place, {"enabled": True}),
        ("DELETE", place, None),
    ):
        await rest.refused(method, path, sent, status=403, code=50013)
    # Nor is the bot told of what they do
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server)
        practice.guild.roles[practice.guild.id].permissions |= Permission.SEND_MESSAGES
        channel = practice.guild.system_channel_id or ""
        with pytest.raises(ApiError, match="200000"):
            practice.say(channel, member_id(practice, "Ines"), "cat")
        assert await told(socket) == []
