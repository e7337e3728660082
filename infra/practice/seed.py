"""A fresh world: one lively server, a handful of people, a bot with what it needs."""

import secrets
from datetime import timedelta

from infra.practice.entities import (
    Application,
    Channel,
    Guild,
    Invite,
    JoinSource,
    Member,
    Role,
    User,
)
from infra.practice.moments import Clock, aged_snowflake
from infra.practice.permissions import EVERYONE, Permission
from infra.practice.world import State, World, new_bot_token

BOT_PERMISSIONS = (
    EVERYONE
    | Permission.MANAGE_GUILD
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_NICKNAMES
    | Permission.MANAGE_WEBHOOKS
    | Permission.VIEW_AUDIT_LOG
    | Permission.KICK_MEMBERS
    | Permission.BAN_MEMBERS
    | Permission.MODERATE_MEMBERS
    | Permission.MANAGE_THREADS
)
STAFF_PERMISSIONS = (
    Permission.MANAGE_GUILD
    | Permission.MANAGE_CHANNELS
    | Permission.KICK_MEMBERS
    | Permission.BAN_MEMBERS
    | Permission.VIEW_AUDIT_LOG
    | Permission.MANAGE_MESSAGES
    | Permission.MODERATE_MEMBERS
)
WEEK = 604_800
AGE = timedelta(days=400)


def seeded_world(clock: Clock) -> World:
    """Build the default world; ids and dates lie in the past as far as they should."""
    now = clock()
    application_id = aged_snowflake(now - timedelta(days=500))
    bot_id = application_id
    application = Application(
        id=application_id,
        name="Usher",
        description="Greets every newcomer and knows who brought them.",
        bot_id=bot_id,
        bot_token=new_bot_token(bot_id),
        signing_seed=secrets.token_hex(32),
        owner_id="",
    )
    world = World(State(application=application), clock)
    world.open_account(User(id=bot_id, username="usher", global_name="Usher", bot=True))
    mara, theo, ines, jonas, priya = (
        add_user(world, name, account_age=timedelta(days=900 + 60 * index))
        for index, name in enumerate(("Mara", "Theo", "Ines", "Jonas", "Priya"))
    )
    application.owner_id = mara.id
    guild = found_guild(world, "Practice Server", mara, age=AGE)
    guild.features = ["VANITY_URL", "COMMUNITY", "INVITE_SPLASH"]
    guild.vanity_code = "practice"
    guild.vanity_uses = 12
    staff = _add_role(world, guild, "Staff", STAFF_PERMISSIONS, 2, AGE)
    _add_role(world, guild, "Regular", Permission.NONE, 1, AGE)
    _add_role(world, guild, "Founder", STAFF_PERMISSIONS, 4, AGE)
    for index, user in enumerate((theo, ines, jonas, priya)):
        guild.members[user.id] = Member(
            user_id=user.id,
            joined_at=now - timedelta(days=300 - 40 * index, seconds=17, microseconds=123_457),
            source=JoinSource.VANITY,
            source_invite_code=guild.vanity_code,
        )
    guild.members[theo.id].roles.append(staff.id)
    general, second = list(guild.channels.values())[:2]
    _add_invite(world, guild, "Mara4Ever1x", mara, general, uses=7)
    _add_invite(world, guild, "TheoWk25", theo, general, max_age=WEEK, max_uses=25, uses=3)
    _add_invite(world, guild, "InesOnce", ines, second, max_age=WEEK, max_uses=1)
    _add_invite(world, guild, "JonasOpen7", jonas, general, uses=2)
    return world


def add_user(world: World, name: str, *, account_age: timedelta, bot: bool = False) -> User:
    """Open an account; its username is unique as at Discord, its display name is `name`."""
    base = "".join(char for char in name.lower() if char.isalnum() and char.isascii()) or "someone"
    user_id = world.new_id(account_age)
    while user_id in world.state.users:
        user_id = world.new_id(account_age)
    user = User(
        id=user_id,
        username=world.free_username(base[:28]),
        global_name=name,
        bot=bot,
    )
    return world.open_account(user)


def found_guild(world: World, name: str, owner: User, *, age: timedelta = timedelta(0)) -> Guild:
    """Found a server with @everyone, two text channels, its owner and the bot."""
    guild_id = world.new_id(age)
    guild = Guild(id=guild_id, name=name, owner_id=owner.id)
    everyone = Role(id=guild_id, name="@everyone", permissions=EVERYONE.value, position=0)
    guild.roles[guild_id] = everyone
    world.state.guilds[guild_id] = guild
    bot = world.bot
    bot_role = _add_role(world, guild, "Usher", BOT_PERMISSIONS, 3, age)
    bot_role.managed = True
    bot_role.bot_id = bot.id
    for position, channel_name in enumerate(("general", "lounge")):
        channel_id = world.new_id(age)
        guild.channels[channel_id] = Channel(
            id=channel_id, guild_id=guild_id, name=channel_name, position=position
        )
    guild.system_channel_id = next(iter(guild.channels))
    joined_at = world.now - age
    guild.members[owner.id] = Member(user_id=owner.id, joined_at=joined_at)
    guild.members[bot.id] = Member(
        user_id=bot.id,
        joined_at=joined_at + timedelta(days=1) if age else joined_at,
        roles=[bot_role.id],
        source=JoinSource.BOT,
        source_inviter_id=owner.id,
    )
    return guild


def _add_role(
    world: World,
    guild: Guild,
    name: str,
    permissions: Permission,
    position: int,
    age: timedelta = timedelta(0),
) -> Role:
    role = Role(id=world.new_id(age), name=name, permissions=permissions.value, position=position)
    guild.roles[role.id] = role
    return role


def _add_invite(
    world: World,
    guild: Guild,
    code: str,
    inviter: User,
    channel: Channel,
    *,
    max_age: int = 0,
    max_uses: int = 0,
    uses: int = 0,
) -> None:
    guild.invites[code] = Invite(
        code=code,
        guild_id=guild.id,
        channel_id=channel.id,
        inviter_id=inviter.id,
        created_at=world.now - timedelta(hours=3),
        max_age=max_age,
        max_uses=max_uses,
        uses=uses,
    )
