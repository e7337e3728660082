"""/raid: many joins at once close the door (SPEC 7.4)."""

from datetime import timedelta
from typing import Annotated, Final

from usher.automod.asking import Services, audit, save
from usher.automod.raids import SETTING, Config, read_config, write_config
from usher.automod.rule_desk import asking
from usher.channels.locks import LOCK, SERVER
from usher.moderation.settings import GROUP, read_settings
from usher.slash import text
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission, allows
from usher.slash.replies import Embed, Field, Reply
from usher.slash.say import say, say_count
from usher.timing.durations import show_duration
from usher.timing.terms import term_key

LAST: Final = "guild#raid_last"
"""The configuration that was in force last, for `/raid on`."""
RECENT: Final = timedelta(minutes=10)
LONGEST_PAUSE: Final = 1_440
"""Minutes: Discord's own limit for incident actions is 24 hours."""
OLDEST: Final = 365

raid = Group(
    "raid", "Watch for many joins at once, and close the door", permissions=Permission.MANAGE_GUILD
)


@raid.command("status", "Show whether I watch, and who came of late", defer=True, ephemeral=True)
def status(ctx: Ctx[Services]) -> Reply:
    """Show everything about raids."""
    return _now(ctx, "", _config(ctx))


@raid.command("config", "Say what a raid is, and watch for it", defer=True, ephemeral=True)
def config(
    ctx: Ctx[Services],
    joins: Annotated[int, Opt("How many joins are a raid", min=3, max=100)],
    seconds: Annotated[int, Opt("Within how many seconds", min=5, max=300)],
    age: Annotated[
        int | None,
        Opt("Only accounts younger than so many days count; 0 for all", min=0, max=OLDEST),
    ] = None,
    pause: Annotated[
        int | None,
        Opt("Minutes for which invites are paused; 0 to be told alone", min=0, max=LONGEST_PAUSE),
    ] = None,
) -> Reply:
    """Set what counts as a raid; what is left out stays as it was."""
    before = _config(ctx) or _last(ctx)
    after = Config(
        joins,
        seconds,
        before.age if age is None else timedelta(days=age) if age else None,
        before.pause if pause is None else timedelta(minutes=pause),
    )
    return _now(ctx, save(ctx, {SETTING: write_config(after)}), after)


@raid.command("on", "Watch for raids, as before", defer=True, ephemeral=True)
def on(ctx: Ctx[Services]) -> Reply:
    """Watch as it was set last, or as is usual."""
    held = _config(ctx)
    if held is not None:
        return _now(ctx, say("I watch already."), held)
    last = _last(ctx)
    return _now(ctx, save(ctx, {SETTING: write_config(last)}), last)


@raid.command("off", "Watch no more, and open the door", defer=True, ephemeral=True)
def off(ctx: Ctx[Services]) -> Reply:
    """Watch no more; a pause that is in force ends, unless it is a lock's."""
    held = _config(ctx)
    words = [say("I do not watch for raids.")]
    if held is not None:
        words = [save(ctx, {SETTING: None, LAST: write_config(held)}), *words]
    try:
        words.append(_open(ctx))
    except UserError as error:
        words.append(say("Invites may still be paused: {why}", why=error.sentence))
    return Reply(" ".join(word for word in words if word), ephemeral=True)


def _open(ctx: Ctx[Services]) -> str:
    """Lift a pause in force; say what was done."""
    tools = ctx.services.channels
    until = asking(lambda: tools.desk.paused_until(ctx.guild_id))
    if until is None or until <= ctx.now:
        return say("Invites let people in.")
    lock = tools.terms.read(ctx.guild_id, term_key(LOCK, SERVER))
    if lock is not None and not lock.ended:
        return say(
            "Invites stay paused: the server is locked. `/unlock scope: server` opens it again."
        )
    asking(lambda: tools.desk.pause(ctx.guild_id, None, audit(ctx, "Raid over")))
    return say("Invites let people in again.")


def _config(ctx: Ctx[Services]) -> Config | None:
    return read_config(ctx.services.settings.find(ctx.guild_id, SETTING))


def _last(ctx: Ctx[Services]) -> Config:
    return read_config(ctx.services.settings.find(ctx.guild_id, LAST)) or Config()


def _now(ctx: Ctx[Services], words: str, held: Config | None) -> Reply:
    embed = Embed(title=say("Raids"), fields=tuple(_fields(ctx, held)))
    return Reply(words, (embed,), ephemeral=True)


def _fields(ctx: Ctx[Services], held: Config | None) -> list[Field]:
    fields = [Field(say("Watching"), say("on") if held else say("off. `/raid on` begins."))]
    if held is not None:
        fields += [
            Field(say("A raid is"), _rule(held)),
            Field(say("Then"), _then(ctx, held)),
            Field(say("Moderators are told in"), _told(ctx)),
            Field(say("Came of late"), _late(ctx)),
        ]
    return [*fields, Field(say("Invites"), _door(ctx))]


def _rule(held: Config) -> str:
    joins = say_count("{number} join", "{number} joins", held.joins)
    length = show_duration(timedelta(seconds=held.seconds))
    said = say("{joins} within {length}", joins=joins, length=length)
    if held.age is not None:
        young = say_count(
            "of accounts younger than {number} day",
            "of accounts younger than {number} days",
            held.age.days,
        )
        said = f"{said} {young}"
    return f"{said}\n" + say("or half as many by new accounts without a picture, named alike")


def _then(ctx: Ctx[Services], held: Config) -> str:
    if not held.pause:
        return say("nothing but a word to the moderators")
    length = show_duration(held.pause)
    said = say("nobody gets in by an invite for {length}", length=length)
    if ctx.app_permissions and not allows(ctx.app_permissions, Permission.MANAGE_GUILD):
        said += "\n" + say("⚠️ I need Manage Server for that. Give it to my role.")
    return said


def _told(ctx: Ctx[Services]) -> str:
    desk = read_settings(ctx.services.settings.group(ctx.guild_id, GROUP)).desk
    if desk is None:
        return say("⚠️ nowhere. `/modconfig log` names a channel.")
    return text.channel(desk)


def _late(ctx: Ctx[Services]) -> str:
    window = ctx.services.windows.load(ctx.guild_id)
    late = [one for one in window.joins if one.at > ctx.now - RECENT]
    said = say_count(
        "{number} member in the last ten minutes", "{number} members in the last ten minutes",
        len(late),
    )  # fmt: skip
    if window.began_at is None:
        return said
    return f"{said}\n" + say("last raid {when}", when=text.when(window.began_at))


def _door(ctx: Ctx[Services]) -> str:
    try:
        until = asking(lambda: ctx.services.channels.desk.paused_until(ctx.guild_id))
    except UserError as error:
        return error.sentence
    if until is None or until <= ctx.now:
        return say("let people in")
    return say("paused until {when}", when=text.when(until, "f"))
