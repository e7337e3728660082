"""/webhook create, edit, delete, enable, disable and secret (SPEC 5.10)."""

from typing import Annotated, Final

from usher.contracts.deeds import SettingChanged
from usher.hooks.asking import (
    EVENTS,
    ID,
    Services,
    any_endpoint,
    any_events,
    find_endpoint,
    webhook,
)
from usher.hooks.managing import WEBHOOKS, Wish, WishError, read_types
from usher.hooks.model import DESCRIPTION, Endpoint
from usher.hooks.ports import StaleError
from usher.hooks.targets import MOST_URL
from usher.hooks.words import events_of, name_of, secret_words
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply, sentence
from usher.slash.say import later, say

CHANGED_MEANWHILE: Final = later("Somebody else has changed it just now. Please try again.")

Which = Annotated[str, Opt("Which webhook", max_length=ID, complete=any_endpoint)]


@webhook.command("create", "Have a program told what happens", defer=True, ephemeral=True)
def create(
    ctx: Ctx[Services],
    url: Annotated[str, Opt("Where to: an https address", max_length=MOST_URL)],
    events: Annotated[
        str | None, Opt("Which events; all when left out", max_length=EVENTS, complete=any_events)
    ] = None,
    description: Annotated[str, Opt("What it is for", max_length=DESCRIPTION)] = "",
) -> Reply:
    """Make an endpoint. The same interaction again makes a new secret: nobody saw the first."""
    try:
        wish = Wish(url.strip(), read_types(events), description)
        endpoint = ctx.services.webhooks.make(
            ctx.guild_id, wish, ctx.user_id, f"discord:{ctx.interaction_id}", ctx.now
        )
    except WishError as error:
        raise UserError(str(error)) from None
    deed = SettingChanged(ctx.interaction_id, WEBHOOKS, "on", ctx.user_id, ctx.now)
    ctx.services.deeds.do(ctx.guild_id, deed)
    told = say("The webhook is there and is told of {events}.", events=events_of(endpoint))
    again = say("Try it with `/webhook test`.")
    return sentence("\n".join((f"{told} {again}", name_of(endpoint), *secret_words(endpoint))))


@webhook.command("edit", "Change a webhook", defer=True, ephemeral=True)
def edit(
    ctx: Ctx[Services],
    name: Which,
    url: Annotated[str | None, Opt("Where to: an https address", max_length=MOST_URL)] = None,
    events: Annotated[
        str | None, Opt("Which events", max_length=EVENTS, complete=any_events)
    ] = None,
    description: Annotated[str | None, Opt("What it is for", max_length=DESCRIPTION)] = None,
) -> Reply:
    """Change what is said and leave the rest."""
    endpoint, _ = find_endpoint(ctx, name)
    try:
        wish = Wish(
            endpoint.url if url is None else url.strip(),
            endpoint.types if events is None else read_types(events),
            endpoint.description if description is None else description,
            endpoint.active,
        )
        changed = ctx.services.webhooks.change(endpoint, wish, ctx.now)
    except WishError as error:
        raise UserError(str(error)) from None
    except StaleError:
        raise UserError(say(CHANGED_MEANWHILE)) from None
    told = say("It is told of {events}.", events=events_of(changed))
    return sentence(f"{name_of(changed)}\n{told}")


@webhook.command("enable", "Switch a webhook on again", defer=True, ephemeral=True)
def enable(ctx: Ctx[Services], name: Which) -> Reply:
    """Switch an endpoint on, whoever had switched it off."""
    endpoint, health = find_endpoint(ctx, name)
    try:
        ctx.services.webhooks.enable(endpoint, health, ctx.now)
    except StaleError:
        raise UserError(say(CHANGED_MEANWHILE)) from None
    missed = say("What it missed can be sent with `/webhook replay`.")
    return sentence(f"{say('It is told of events again.')} {missed}\n{name_of(endpoint)}")


@webhook.command("disable", "Switch a webhook off", defer=True, ephemeral=True)
def disable(ctx: Ctx[Services], name: Which) -> Reply:
    """Switch an endpoint off; events of meanwhile are not kept."""
    endpoint, _ = find_endpoint(ctx, name)
    wish = Wish(endpoint.url, endpoint.types, endpoint.description, active=False)
    try:
        ctx.services.webhooks.change(endpoint, wish, ctx.now)
    except StaleError:
        raise UserError(say(CHANGED_MEANWHILE)) from None
    told = say("It is told nothing until you switch it on, and events are not kept for it.")
    return sentence(f"{told}\n{name_of(endpoint)}")


@webhook.command("secret", "Give a webhook a new secret", defer=True, ephemeral=True)
def secret(ctx: Ctx[Services], name: Which) -> Reply:
    """Make a new secret; the old one stays in force for a day."""
    endpoint, _ = find_endpoint(ctx, name)
    try:
        changed = ctx.services.webhooks.rotate(endpoint, ctx.now)
    except StaleError:
        raise UserError(say(CHANGED_MEANWHILE)) from None
    both = say("For a day everything is signed with the old one too.")
    return sentence("\n".join((name_of(changed), *secret_words(changed), both)))


@webhook.command("delete", "Delete a webhook", defer=True, ephemeral=True)
def delete(ctx: Ctx[Services], name: Which) -> Reply:
    """Ask whether it is meant."""
    endpoint, _ = find_endpoint(ctx, name)
    asked = say("Delete it? Its secret is lost, and nothing more is sent to it.")
    button = Button(
        say("Delete the webhook"), delete_now.press(name=endpoint.id), style=Style.DANGER
    )
    return Reply(f"{asked}\n{name_of(endpoint)}", ephemeral=True, rows=((button,),))


@action("webhook.delete", defer=True, permissions=Permission.MANAGE_GUILD)
def delete_now(ctx: Ctx[Services], name: str) -> Reply:
    """Delete an endpoint."""
    endpoint: Endpoint
    endpoint, _ = find_endpoint(ctx, name)
    ctx.services.webhooks.endpoints.forget_endpoint(ctx.guild_id, endpoint.id)
    return sentence(say("It is deleted."))
