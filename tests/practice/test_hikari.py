"""An unmodified hikari connects, sees, acts and comes back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import hikari
import pytest
import pytest_asyncio
from hikari.impl import special_endpoints

from infra.practice import ApiError, Practice, PracticeServer
from tests.practice.answering import member_id

INTENTS = (
    hikari.Intents.GUILDS
    | hikari.Intents.GUILD_MEMBERS
    | hikari.Intents.GUILD_INVITES
    | hikari.Intents.GUILD_MODERATION
    | hikari.Intents.ALL_AUTO_MODERATION
)


class Watcher:
    """A running bot, and what it has been told."""

    def __init__(self, bot: hikari.GatewayBot) -> None:
        self.bot = bot
        self.seen: list[hikari.Event] = []
        self._news = asyncio.Event()
        bot.subscribe(hikari.Event, self._note)

    async def _note(self, event: hikari.Event) -> None:
        self.seen.append(event)
        self._news.set()

    async def wait_for[T: hikari.Event](self, kind: type[T], times: int = 1) -> list[T]:
        """Wait until events of a kind have come so often and return them."""
        async with asyncio.timeout(10):
            while len(found := [item for item in self.seen if isinstance(item, kind)]) < times:
                self._news.clear()
                await self._news.wait()
        return found


@pytest_asyncio.fixture
async def watcher(practice: Practice, server: PracticeServer) -> AsyncIterator[Watcher]:
    bot = hikari.GatewayBot(
        practice.bot_token,
        banner=None,
        intents=INTENTS,
        logs=None,
        rest_url=server.api_base,
        suppress_optimization_warning=True,
    )
    watcher = Watcher(bot)
    await bot.start(check_for_updates=False)
    yield watcher
    await bot.close()


@pytest.mark.asyncio
async def test_it_sees_the_guild_and_what_happens_in_it(
    practice: Practice, watcher: Watcher
) -> None:
    (available,) = await watcher.wait_for(hikari.GuildAvailableEvent)
    assert (available.guild.name, available.guild.member_count) == ("Practice Server", 6)

    code = practice.create_invite(practice.guild.id, practice.guild.owner_id, max_uses=1)
    (created,) = await watcher.wait_for(hikari.InviteCreateEvent)
    assert (created.code, created.invite.uses, created.invite.max_uses) == (code, 0, 1)

    member = practice.join(practice.guild.id, code, "Robin")
    (joined,) = await watcher.wait_for(hikari.MemberCreateEvent)
    assert (joined.user_id, joined.member.joined_at) == (int(member.user_id), member.joined_at)
    (deleted,) = await watcher.wait_for(hikari.InviteDeleteEvent)
    assert deleted.code == code

    practice.ban(practice.guild.id, member.user_id)
    (gone,) = await watcher.wait_for(hikari.MemberDeleteEvent)
    assert gone.user_id == int(member.user_id)
    await watcher.wait_for(hikari.BanCreateEvent)
    entries = await watcher.wait_for(hikari.AuditLogEntryCreateEvent, 2)
    assert entries[-1].entry.action_type is hikari.AuditLogEventType.MEMBER_BAN_ADD


@pytest.mark.asyncio
async def test_it_reads_and_writes_over_rest(practice: Practice, watcher: Watcher) -> None:
    rest, guild_id = watcher.bot.rest, int(practice.guild.id)
    uses = {
        invite.code: invite.uses
        for invite in await rest.fetch_guild_invites(guild_id)
        if isinstance(invite, hikari.InviteWithMetadata)
    }
    assert uses["JonasOpen7"] == 2
    vanity = await rest.fetch_vanity_url(guild_id)
    assert (vanity.code, vanity.uses) == ("practice", 12)
    channel = int(practice.guild.system_channel_id or "")
    invite = await rest.create_invite(channel, max_age=600, max_uses=1, unique=True)
    await rest.delete_invite(invite)
    message = await rest.create_message(channel, "Hello", embed=hikari.Embed(title="T"))
    assert (await message.edit("Bye")).content == "Bye"
    await message.delete()
    member = practice.add_member_user("Robin")
    roles = await rest.fetch_roles(guild_id)
    regular = next(role for role in roles if role.name == "Regular")
    await rest.add_role_to_member(guild_id, int(member.id), regular)
    page = await rest.fetch_audit_log(guild_id).next()
    newest = max(page.entries.values(), key=lambda entry: entry.id)
    assert newest.action_type is hikari.AuditLogEventType.MEMBER_ROLE_UPDATE


@pytest.mark.asyncio
@pytest.mark.parametrize("trouble", ["dropped", "opcode 7"])
async def test_it_resumes_and_misses_nothing(
    practice: Practice, watcher: Watcher, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hikari.impl.shard._BACKOFF_WINDOW", 0)
    if trouble == "dropped":
        practice.faults.drop_connections(4000)
    else:
        practice.gateway.ask_to_reconnect()
    for number in range(3):
        practice.join(practice.guild.id, "JonasOpen7", f"Guest {number}")
    joined = await watcher.wait_for(hikari.MemberCreateEvent, 3)
    assert [item.member.display_name for item in joined] == [f"Guest {n}" for n in range(3)]
    assert await watcher.wait_for(hikari.ShardResumedEvent)
    assert practice.gateway.identifies_left == 999


@pytest.mark.asyncio
async def test_moderation_is_seen_and_done(practice: Practice, watcher: Watcher) -> None:
    rest, guild_id = watcher.bot.rest, int(practice.guild.id)
    ines, jonas = (int(member_id(practice, name)) for name in ("Ines", "Jonas"))
    channel = int(practice.guild.system_channel_id or "")
    until = practice.world.now + timedelta(hours=1)
    await rest.edit_member(guild_id, jonas, communication_disabled_until=until, reason="quiet")
    (updated,) = await watcher.wait_for(hikari.MemberUpdateEvent)
    assert updated.member.raw_communication_disabled_until == until
    await rest.ban_user(guild_id, ines, delete_message_seconds=60, reason="enough")
    await rest.unban_user(guild_id, ines)
    assert await watcher.wait_for(hikari.BanDeleteEvent)
    deny = hikari.Permissions.SEND_MESSAGES
    kind = hikari.PermissionOverwriteType.ROLE
    await rest.edit_permission_overwrite(channel, guild_id, target_type=kind, deny=deny)
    (changed,) = await watcher.wait_for(hikari.GuildChannelUpdateEvent)
    assert isinstance(changed.channel, hikari.PermissibleGuildChannel)
    assert changed.channel.permission_overwrites[hikari.Snowflake(guild_id)].deny == deny
    await rest.edit_channel(channel, rate_limit_per_user=30)
    thread = await rest.create_thread(channel, hikari.ChannelType.GUILD_PUBLIC_THREAD, "talk")
    await rest.edit_channel(thread, locked=True)
    seen = await watcher.wait_for(hikari.GuildThreadUpdateEvent)
    assert seen[0].thread.is_locked
    entries = await watcher.wait_for(hikari.AuditLogEntryCreateEvent, 7)
    kinds = [int(item.entry.action_type) for item in entries]
    assert kinds == [24, 22, 23, 13, 11, 110, 111]
    assert entries[1].entry.reason == "enough"


@pytest.mark.asyncio
async def test_auto_moderation_is_set_up_and_seen(practice: Practice, watcher: Watcher) -> None:
    rest, guild_id = watcher.bot.rest, int(practice.guild.id)
    channel = practice.guild.system_channel_id or ""
    await rest.create_auto_mod_rule(
        guild_id,
        name="Words",
        event_type=hikari.AutoModEventType.MESSAGE_SEND,
        trigger=special_endpoints.AutoModKeywordTriggerBuilder(keyword_filter=["bad*"]),
        actions=[
            special_endpoints.AutoModBlockMessageActionBuilder(),
            special_endpoints.AutoModSendAlertMessageActionBuilder(
                channel_id=hikari.Snowflake(channel)
            ),
        ],
        enabled=True,
    )
    (rule,) = await rest.fetch_auto_mod_rules(guild_id)
    assert isinstance(rule.trigger, hikari.auto_mod.KeywordTrigger)
    assert rule.trigger.keyword_filter == ["bad*"]
    assert [action.type for action in rule.actions] == [1, 2]
    with pytest.raises(ApiError, match="200000"):
        practice.say(channel, member_id(practice, "Ines"), "badly")
    first, second = await watcher.wait_for(hikari.events.AutoModActionExecutionEvent, 2)
    assert (first.matched_keyword, first.message_id) == ("bad*", None)
    assert (first.alert_system_message_id, bool(second.alert_system_message_id)) == (None, True)
    await rest.delete_auto_mod_rule(guild_id, rule)
    assert practice.guild.automod_rules == {}
