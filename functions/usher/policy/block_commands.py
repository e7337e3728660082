"""/invite block, unblock and blocked: whose invites bring no credit (SPEC 2.7)."""

import json
from collections.abc import Mapping
from typing import Annotated, Final

from usher.asking import LATER
from usher.contracts.deeds import SettingChanged
from usher.ids import UserId
from usher.invites.codes import reason as audited
from usher.invites.group import BLURPLE, invite
from usher.invites.ports import DeskError, Services
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import say, say_count

GROUP: Final = "block"
REASON: Final = 200
PAGE_SIZE: Final = 10
AT_ONCE: Final = 50
"""Invites revoked by one press: each is a call that Discord may make wait."""


def block_setting(user_id: UserId) -> str:
    """Name the setting by which a member's invites bring no credit, whatever its value."""
    return f"{GROUP}#{user_id}"


@invite.command(
    "block",
    "Let somebody's invites bring no credit",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def block(
    ctx: Ctx[Services],
    user: Annotated[UserId, Opt("Whose invites")],
    reason: Annotated[str | None, Opt("Why, for you and the ledger", max_length=REASON)] = None,
) -> Reply:
    """Put somebody on the blocklist."""
    value = json.dumps({"reason": " ".join((reason or "").split())}, ensure_ascii=False)
    if not _change(ctx, user, value):
        return sentence(say(LATER))
    active = ctx.services.invites.codes_of(ctx.guild_id, user, ctx.now)
    words = say("{user} is on the blocklist: their invites bring no credit.", user=text.user(user))
    if not active:
        return sentence(words)
    label = say_count(
        "Revoke {number} active invite", "Revoke {number} active invites", len(active)
    )
    button = Button(label, revoke_all.press(user=user), Style.DANGER)
    return Reply(words, ephemeral=True, rows=((button,),))


@invite.command(
    "unblock",
    "Let somebody's invites bring credit again",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def unblock(ctx: Ctx[Services], user: Annotated[UserId, Opt("Whose invites")]) -> Reply:
    """Take somebody off the blocklist."""
    if ctx.services.settings.find(ctx.guild_id, block_setting(user)) is None:
        raise UserError(say("{user} is not on the blocklist.", user=text.user(user)))
    if not _change(ctx, user, None):
        return sentence(say(LATER))
    return sentence(
        say("{user} is off the blocklist: their invites bring credit again.", user=text.user(user))
    )


@invite.command(
    "blocked",
    "Show whose invites bring no credit",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def blocked(ctx: Ctx[Services]) -> Reply:
    """Show the first page of the blocklist."""
    return _page(ctx, 1)


@action("block.turn", defer=True, permissions=Permission.MANAGE_GUILD)
def turn_blocked(ctx: Ctx[Services], page: int) -> Reply:
    """Turn to another page."""
    return _page(ctx, page)


@action("block.revoke", defer=True, permissions=Permission.MANAGE_GUILD)
def revoke_all(ctx: Ctx[Services], user: str) -> Reply:
    """Revoke a member's active invites."""
    active = ctx.services.invites.codes_of(ctx.guild_id, UserId(user), ctx.now)
    revoked = 0
    for one in active[:AT_ONCE]:
        try:
            ctx.services.desk.revoke(one.code, audited("On the blocklist", ctx.user_id))
        except DeskError as error:
            done = say_count(
                "{done} of {number} invite revoked.",
                "{done} of {number} invites revoked.",
                len(active),
                done=f"{revoked:,}",
            )
            raise UserError(f"{done} {error.sentence}") from None
        revoked += 1
    left = len(active) - revoked
    words = say_count(
        "Revoked {number} invite of {user}.",
        "Revoked {number} invites of {user}.",
        revoked,
        user=text.user(UserId(user)),
    )
    if not left:
        return sentence(words)
    label = say_count("Revoke {number} more", "Revoke {number} more", left)
    button = Button(label, revoke_all.press(user=user), Style.DANGER)
    return Reply(words, ephemeral=True, rows=((button,),))


def _change(ctx: Ctx[Services], user: UserId, value: str | None) -> bool:
    name = block_setting(user)
    deed = SettingChanged(ctx.interaction_id, name, value, ctx.user_id, ctx.now)
    return ctx.services.deeds.do(ctx.guild_id, deed)


def _page(ctx: Ctx[Services], page: int) -> Reply:
    held = ctx.services.settings.group(ctx.guild_id, GROUP)
    if not held:
        return sentence(say("The blocklist is empty."))
    pages = -(-len(held) // PAGE_SIZE)
    page = min(max(page, 1), pages)
    shown = [*held][(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    many = say_count("{number} member", "{number} members", len(held))
    lines = [f"**{many}**", "", *(_line(held, one) for one in shown)]
    embed = Embed("\n".join(lines), say("Blocklist"), color=BLURPLE)
    return Reply(embeds=(embed,), ephemeral=True, rows=_buttons(page, pages))


def _line(held: Mapping[str, str], user: str) -> str:
    try:
        why = json.loads(held[user]).get("reason")
    except (AttributeError, ValueError):
        why = None
    shown = f": {text.escape(why)}" if isinstance(why, str) and why else ""
    return f"{text.user(UserId(user))}{shown}"


def _buttons(page: int, pages: int) -> tuple[Row, ...]:
    if pages == 1:
        return ()
    return (
        (
            Button(say("Previous"), turn_blocked.press(page=page - 1), disabled=page == 1),
            Button(say("Next"), turn_blocked.press(page=page + 1), disabled=page == pages),
        ),
    )
