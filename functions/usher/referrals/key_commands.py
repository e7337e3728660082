"""/apikey create, list and revoke (SPEC 5.9)."""

from secrets import token_urlsafe
from typing import Annotated, Final, Protocol

from usher.ids import UserId
from usher.referrals.key_making import ApiKeys, KeyWish, issue
from usher.referrals.keys import (
    NAME_LENGTH,
    OWNERS,
    READING,
    ApiKey,
    KeyFieldsError,
    read_key,
    read_scopes,
)
from usher.slash import text
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import say, say_count

BLURPLE: Final = 0x5865F2
YEAR: Final = 365
SHOWN: Final = 25

apikey = Group(
    "apikey",
    "Keys by which programs use Usher's API",
    permissions=Permission.MANAGE_GUILD,
)


class Services(Protocol):
    """What these commands call."""

    @property
    def keys(self) -> ApiKeys:
        """API keys."""
        ...


@apikey.command("create", "Make an API key; it is shown once", defer=True, ephemeral=True)
def create(
    ctx: Ctx[Services],
    name: Annotated[str, Opt("What it is for", max_length=NAME_LENGTH)],
    scopes: Annotated[
        str | None, Opt("What it may do; all reading when left out", max_length=200)
    ] = None,
    owner: Annotated[UserId | None, Opt("Whose links alone it reaches")] = None,
    days: Annotated[int, Opt("How long it works; 365 when left out", min=1, max=3_650)] = YEAR,
) -> Reply:
    """Make a key. The same interaction again replaces its secret: the first was never seen."""
    try:
        wanted = READING if scopes is None else read_scopes(scopes)
        if owner is not None and scopes is None:
            wanted &= OWNERS
        wish = KeyWish(
            ctx.guild_id, name, wanted, owner, days, ctx.user_id, f"discord:{ctx.interaction_id}"
        )
        key, written = issue(ctx.services.keys, wish, token_urlsafe(32), ctx.now)
    except KeyFieldsError as error:
        raise UserError(str(error)) from None
    lines = [
        say("Here is the key. Keep it now: nobody can read it again."),
        text.code(written),
        _line(ctx, key),
    ]
    return Reply("\n".join(lines), ephemeral=True)


@apikey.command("list", "Show the API keys", defer=True, ephemeral=True)
def list_(ctx: Ctx[Services]) -> Reply:
    """Show keys that work, the newest first; secrets are not kept."""
    found = [one for one in ctx.services.keys.of_guild(ctx.guild_id)[::-1] if one.live(ctx.now)]
    if not found:
        return sentence(say("There is no API key. Make one with `/apikey create`."))
    lines = [_line(ctx, one) for one in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(say("and {number} more", number=f"{len(found) - SHOWN:,}"))
    head = say_count("**{number} key**", "**{number} keys**", len(found))
    embed = Embed("\n".join((head, "", *lines)), say("API keys"), color=BLURPLE)
    return Reply(embeds=(embed,), ephemeral=True)


@apikey.command("revoke", "End an API key for good", defer=True, ephemeral=True)
def revoke(
    ctx: Ctx[Services],
    key: Annotated[str, Opt("Its name in the list, or the key itself", max_length=100)],
) -> Reply:
    """Revoke a key."""
    typed = key.strip()
    parts = read_key(typed)
    prefix = parts[0] if parts else typed.removeprefix("usher_")
    known = {one.prefix for one in ctx.services.keys.of_guild(ctx.guild_id)}
    if prefix not in known or not ctx.services.keys.revoke(ctx.guild_id, prefix, ctx.now):
        raise UserError(say("I know no such key. `/apikey list` shows those there are."))
    return sentence(say("{key} opens nothing any more.", key=text.code(f"usher_{prefix}")))


def _line(ctx: Ctx[Services], key: ApiKey) -> str:
    parts = [text.code(f"usher_{key.prefix}"), text.escape(key.name), ", ".join(sorted(key.scopes))]
    if key.owner_id is not None:
        parts.append(say("links of {user} alone", user=text.user(key.owner_id)))
    if key.expires_at is not None:
        parts.append(say("ends {when}", when=text.when(key.expires_at)))
    if key.last_used_at is not None:
        parts.append(say("last used {when}", when=text.when(key.last_used_at)))
    elif key.created_at < ctx.now:
        parts.append(say("never used"))
    return " · ".join(parts)
