"""/webhook list, show, test and replay (SPEC 5.10)."""

from datetime import timedelta
from typing import Annotated, Final

from usher.hooks.asking import ID, Services, any_endpoint, find_endpoint, webhook
from usher.hooks.managing import WishError
from usher.hooks.model import Endpoint, Health
from usher.hooks.rules import delivery_key, succeeded
from usher.hooks.words import attempt_words, delivery_line, events_of, name_of, standing
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Field, Reply, sentence
from usher.slash.say import say, say_count
from usher.times import format_time

BLURPLE: Final = 0x5865F2
PAGE: Final = 8
MOST_HOURS: Final = 720

Which = Annotated[str, Opt("Which webhook", max_length=ID, complete=any_endpoint)]


@webhook.command("list", "Show the webhooks", defer=True, ephemeral=True)
def list_(ctx: Ctx[Services]) -> Reply:
    """Show every endpoint and how it is doing."""
    found = ctx.services.webhooks.endpoints.endpoints(ctx.guild_id)
    if not found:
        return sentence(say("There is no webhook yet. Make one with `/webhook create`."))
    lines = [
        f"{name_of(one)}\n{events_of(one)} · {standing(one, health, ctx.now)}"
        for one, health in found
    ]
    head = say_count("**{number} webhook**", "**{number} webhooks**", len(found))
    embed = Embed("\n".join((head, "", *lines)), say("Webhooks"), color=BLURPLE)
    return Reply(embeds=(embed,), ephemeral=True)


@webhook.command("show", "Show a webhook and what was sent to it", defer=True, ephemeral=True)
def show(ctx: Ctx[Services], name: Which) -> Reply:
    """Show an endpoint with its latest deliveries."""
    endpoint, health = find_endpoint(ctx, name)
    return _shown(ctx, endpoint, health, f"D#{format_time(ctx.now + timedelta(days=1))}")


@action("webhook.turn", defer=True, permissions=Permission.MANAGE_GUILD)
def turn_deliveries(ctx: Ctx[Services], name: str, before: str) -> Reply:
    """Show older deliveries."""
    endpoint, health = find_endpoint(ctx, name)
    return _shown(ctx, endpoint, health, before)


@webhook.command("test", "Send a test event to a webhook", defer=True, ephemeral=True)
def test(ctx: Ctx[Services], name: Which) -> Reply:
    """Send a test event, and wait for what is answered."""
    endpoint, _ = find_endpoint(ctx, name)
    desk = ctx.services.webhooks
    found = desk.wait(endpoint, desk.test(endpoint, ctx.interaction_id, ctx.now))
    if found is None or not found.attempts:
        return sentence(say("The test is on its way; `/webhook show` tells what became of it."))
    attempt = found.attempts[-1]
    verdict = say("It took the test.") if succeeded(attempt) else say("It did not take the test.")
    return sentence(f"{verdict} {attempt_words(attempt)}\n{name_of(endpoint)}")


@webhook.command("replay", "Send events to a webhook again", defer=True, ephemeral=True)
def replay(
    ctx: Ctx[Services],
    name: Which,
    event: Annotated[str | None, Opt("One event, by its id in the log", max_length=ID)] = None,
    hours: Annotated[int, Opt("Or those of so many hours, until now", min=1, max=MOST_HOURS)] = 24,
    everything: Annotated[bool, Opt("Those that it has taken, too")] = False,
) -> Reply:
    """Send one event again, or those of a span of time."""
    endpoint, health = find_endpoint(ctx, name)
    if not endpoint.active or health.ending is not None:
        raise UserError(say("It is switched off. Switch it on with `/webhook enable` first."))
    desk, run = ctx.services.webhooks, f"discord:{ctx.interaction_id}"
    if event is None:
        since = ctx.now - timedelta(hours=hours)
        desk.replay(endpoint, since, ctx.now, run, only_failed=not everything)
        told = (
            say("All events since {when} are being sent again.", when=text.when(since))
            if everything
            else say("What failed or was kept since {when} is being sent.", when=text.when(since))
        )
        return sentence(f"{told} {say('They have the ids that they had.')}")
    try:
        sent = desk.replay_one(endpoint, event.strip(), run, ctx.now)
    except WishError as error:
        raise UserError(str(error)) from None
    return sentence(say("It is being sent again.") if sent else say("It is on its way already."))


def _shown(ctx: Ctx[Services], endpoint: Endpoint, health: Health, before: str) -> Reply:
    desk = ctx.services.webhooks
    found = desk.deliveries.latest(ctx.guild_id, endpoint.id, before, PAGE + 1)
    lines = [delivery_line(one) for one in found[:PAGE]]
    fields = [
        Field(say("Events"), events_of(endpoint)),
        Field(say("How it is doing"), standing(endpoint, health, ctx.now)),
    ]
    log = "\n".join(lines) if lines else say("Nothing has been sent to it yet.")
    embed = Embed(f"{name_of(endpoint)}\n\n{log}", say("Webhook"), tuple(fields), color=BLURPLE)
    rows: tuple[Row, ...] = ()
    if len(found) > PAGE:
        key = delivery_key(found[PAGE - 1].event)
        rows = ((Button(say("Older"), turn_deliveries.press(name=endpoint.id, before=key)),),)
    return Reply(embeds=(embed,), ephemeral=True, rows=rows)
