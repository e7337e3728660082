"""An unmodified discord.py connects, sees, and acts."""

from datetime import datetime, timedelta
from typing import Any

import discord
import pytest

from infra.practice import ApiError, Intents, Practice, PracticeServer
from tests.practice.answering import member_id
from tests.practice.discord_client import GUILD_EVENTS, connected, point_at


@pytest.fixture(autouse=True)
def _addresses(server: PracticeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(server, monkeypatch)


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", [discord.Client, discord.AutoShardedClient])
async def test_it_sees_the_guild_and_what_happens_in_it(
    practice: Practice, kind: type[discord.Client]
) -> None:
    async with connected(practice, kind(intents=GUILD_EVENTS)) as watcher:
        (guild,) = watcher.client.guilds
        assert (guild.name, guild.member_count, len(guild.members)) == ("Practice Server", 6, 6)
        assert guild.me.guild_permissions.manage_guild
        assert watcher.client.user is not None

        code = practice.create_invite(practice.guild.id, practice.guild.owner_id, max_uses=1)
        created = await watcher.wait_for("invite_create")
        assert (created.code, created.uses, created.max_uses) == (code, 0, 1)
        assert created.inviter.id == int(practice.guild.owner_id)

        member = practice.join(practice.guild.id, code=code, user="Robin")
        joined = await watcher.wait_for("member_join")
        assert (joined.id, joined.joined_at) == (int(member.user_id), member.joined_at)
        assert isinstance(joined.joined_at, datetime)
        assert (await watcher.wait_for("invite_delete")).code == code

        practice.kick(practice.guild.id, member.user_id)
        assert (await watcher.wait_for("member_remove")).id == int(member.user_id)
        entry = await watcher.wait_for("audit_log_entry_create")
        assert entry.action in (discord.AuditLogAction.invite_create, discord.AuditLogAction.kick)


@pytest.mark.asyncio
async def test_it_reads_and_writes_over_rest(practice: Practice) -> None:
    async with connected(practice, discord.Client(intents=GUILD_EVENTS)) as watcher:
        guild = watcher.client.guilds[0]
        invites = {invite.code: invite.uses for invite in await guild.invites()}
        assert invites["JonasOpen7"] == 2
        vanity = await guild.vanity_invite()
        assert vanity is not None
        assert (vanity.code, vanity.uses) == ("practice", 12)
        channel = guild.text_channels[0]
        invite = await channel.create_invite(max_age=600, max_uses=1, unique=True)
        await invite.delete(reason="done")
        message = await channel.send("Hello", embed=discord.Embed(title="T"))
        assert (await message.edit(content="Bye")).content == "Bye"
        await message.delete()
        member = guild.get_member(int(practice.add_member_user("Robin").id))
        fetched = member or await guild.fetch_member(int(list(practice.guild.members)[-1]))
        role = discord.utils.get(guild.roles, name="Regular")
        assert role is not None
        await fetched.add_roles(role)
        entries = [entry async for entry in guild.audit_logs(limit=5)]
        assert entries[0].action is discord.AuditLogAction.member_role_update
        assert (await watcher.client.fetch_invite("practice")).approximate_member_count == 7


@pytest.mark.asyncio
async def test_intents_not_asked_for_bring_nothing(practice: Practice) -> None:
    intents = discord.Intents(guilds=True, invites=True)
    async with connected(practice, discord.Client(intents=intents)) as watcher:
        practice.join(practice.guild.id, code="JonasOpen7", user="Robin")
        practice.create_invite(practice.guild.id, practice.guild.owner_id)
        await watcher.wait_for("invite_create")
        assert "member_join" not in watcher.names()


@pytest.mark.asyncio
async def test_an_unapproved_intent_and_a_wrong_token_are_refused(practice: Practice) -> None:
    practice.approved_intents = Intents.NONE
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(practice, discord.Client(intents=GUILD_EVENTS)):
            pass
    client = discord.Client(intents=GUILD_EVENTS)
    with pytest.raises(discord.LoginFailure):
        await client.login("wrong")
    await client.close()


@pytest.mark.asyncio
async def test_a_hundred_joins_at_once_all_arrive(practice: Practice) -> None:
    async with connected(practice, discord.Client(intents=GUILD_EVENTS)) as watcher:
        for number in range(100):
            practice.join(practice.guild.id, code="JonasOpen7", user=f"Guest {number}")
        last = practice.create_invite(practice.guild.id, practice.guild.owner_id)
        assert (await watcher.wait_for("invite_create")).code == last
        names = [value.display_name for name, value in watcher.seen if name == "member_join"]
        assert names == [f"Guest {number}" for number in range(100)]


@pytest.mark.asyncio
async def test_commands_are_registered_and_answered_over_the_gateway(practice: Practice) -> None:
    client = discord.Client(intents=GUILD_EVENTS)
    tree = discord.app_commands.CommandTree(client)

    @tree.command(name="greet", description="Greet somebody")
    async def greet(interaction: discord.Interaction, who: discord.Member) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send(f"Hello {who.display_name}", ephemeral=True)

    async with connected(practice, client):
        (registered,) = await tree.sync()
        assert registered.name == "greet"
        outcome = await practice.run_command(
            practice.guild.id, practice.guild.owner_id, "/greet", {"who": "Theo"}, patience=5
        )
        assert (outcome.content, outcome.ephemeral) == ("Hello Theo", True)


@pytest.mark.asyncio
async def test_moderation_is_seen_and_done(practice: Practice) -> None:
    guild_id, theo = practice.guild.id, member_id(practice, "Theo")
    ines, jonas = member_id(practice, "Ines"), member_id(practice, "Jonas")
    async with connected(practice, discord.Client(intents=GUILD_EVENTS)) as watcher:
        guild = watcher.client.guilds[0]
        channel = guild.text_channels[0]
        practice.time_out(guild_id, ines, timedelta(hours=1), by=theo, reason="calm")
        updated = await watcher.count("audit_log_entry_create", 1)
        assert (updated[0].action, updated[0].user_id) == (
            discord.AuditLogAction.member_update,
            int(theo),
        )
        assert updated[0].changes.after.timed_out_until is not None
        practice.ban_by_hand(guild_id, ines, theo, "enough")
        assert await watcher.wait_for("member_ban")
        fetched = await guild.fetch_member(int(jonas))
        until = practice.world.now + timedelta(days=28)
        await fetched.edit(timed_out_until=until, reason="quiet, please")
        await channel.set_permissions(guild.me, send_messages=True)
        await channel.set_permissions(guild.default_role, send_messages=False, reason="lockdown")
        await channel.edit(slowmode_delay=30)
        thread = await channel.create_thread(name="t", type=discord.ChannelType.public_thread)
        await thread.edit(locked=True)
        changed = await watcher.count("guild_channel_update", 2)
        assert changed
        await guild.bulk_ban([discord.Object(int(jonas))])
        bans = [entry.user.id async for entry in guild.bans()]
        assert set(bans) == {int(ines), int(jonas)}
        await guild.unban(discord.Object(int(jonas)))
        messages = [await channel.send(str(number)) for number in range(3)]
        await channel.delete_messages(messages)
        assert [message async for message in channel.history(after=messages[0])] == []
        entries = [entry async for entry in guild.audit_logs(limit=20)]
        reasons = {entry.reason for entry in entries}
        assert {"quiet, please", "lockdown", "calm", "enough"} <= reasons


@pytest.mark.asyncio
async def test_menus_and_modals_come_over_the_gateway(practice: Practice) -> None:
    client = discord.Client(intents=GUILD_EVENTS)
    tree = discord.app_commands.CommandTree(client)
    told: list[str] = []

    class Reason(discord.ui.Modal, title="Report"):
        why: discord.ui.Label[Any] = discord.ui.Label(text="Why", component=discord.ui.TextInput())
        whom: discord.ui.Label[Any] = discord.ui.Label(
            text="Whom", component=discord.ui.UserSelect()
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            assert isinstance(self.why.component, discord.ui.TextInput)
            assert isinstance(self.whom.component, discord.ui.UserSelect)
            told.append(self.why.component.value)
            told.append(self.whom.component.values[0].name)
            await interaction.response.send_message("Reported", ephemeral=True)

    @tree.context_menu(name="Report message")
    async def report(interaction: discord.Interaction, message: discord.Message) -> None:
        told.append(message.content)
        await interaction.response.send_modal(Reason())

    async with connected(practice, client):
        await tree.sync()
        guild, ines = practice.guild.id, member_id(practice, "Ines")
        said = practice.say(practice.guild.system_channel_id or "", ines, "rude")
        owner = practice.guild.owner_id
        opened = await practice.use_on_message(guild, owner, "Report message", said.id)
        form: Any = opened.modal
        names = [part["component"]["custom_id"] for part in form["components"]]
        filled: dict[str, str | list[str]] = {names[0]: "noise", names[1]: ["theo"]}
        outcome = await practice.submit_modal(guild, owner, opened.interaction_id, filled)
        assert (outcome.content, told) == ("Reported", ["rude", "noise", "theo"])


@pytest.mark.asyncio
async def test_auto_moderation_is_set_up_and_seen(practice: Practice) -> None:
    intents = discord.Intents(guilds=True, auto_moderation=True, guild_messages=True)
    async with connected(practice, discord.Client(intents=intents)) as watcher:
        guild = watcher.client.guilds[0]
        log = guild.text_channels[1]
        kind = discord.AutoModRuleTriggerType.keyword
        rule = await guild.create_automod_rule(
            name="Words",
            event_type=discord.AutoModRuleEventType.message_send,
            trigger=discord.AutoModTrigger(type=kind, keyword_filter=["bad*"]),
            actions=[
                discord.AutoModRuleAction(custom_message="No"),
                discord.AutoModRuleAction(channel_id=log.id),
                discord.AutoModRuleAction(duration=timedelta(minutes=1)),
            ],
            enabled=True,
        )
        ines = member_id(practice, "Ines")
        with pytest.raises(ApiError, match="200000"):
            practice.say(practice.guild.system_channel_id or "", ines, "badly")
        done = await watcher.count("automod_action", 3)
        assert [one.action.type.value for one in done] == [1, 2, 3]
        assert {(one.user_id, one.message_id, one.content) for one in done} == {
            (int(ines), None, "")
        }
        assert {one.matched_keyword for one in done} == {"bad*"}
        assert done[1].alert_system_message_id is not None
        await rule.edit(enabled=False)
        assert (await watcher.wait_for("automod_rule_update")).enabled is False
        await rule.delete()
        assert (await watcher.wait_for("automod_rule_delete")).id == rule.id
