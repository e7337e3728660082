"""What Discord must have and say for Usher to work. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final

from infra.cli.diff import Diff
from infra.doctor.facts import Bot, Door, Gateway, Wanted
from usher.doctor.model import Finding, State
from usher.limits.breaker import Closure, Why

AREA: Final = "Discord"
SKEW: Final = timedelta(seconds=5)
"""Interactions and AWS's signatures bear minutes, leases and ends do not."""
FAR: Final = timedelta(minutes=2)
FEW_STARTS: Final = 100
AUTO: Final = "auto"
"""ListenerShardCount for as many as Discord recommends."""
UNAUTHORIZED: Final = 401


def identity_findings(bot: Bot, wanted: Wanted) -> list[Finding]:
    """Say whether token, application and stack belong together."""
    found = [Finding(AREA, "Token", State.WELL, f"Discord knows the bot: {bot.name}.")]
    if bot.application_id != wanted.application_id:
        said = (
            f"The token is of the application {bot.application_id}, the stack is set to "
            f"{wanted.application_id}."
        )
        remedy = "Deploy again with the right DiscordApplicationId, or store the other bot's token."
        found.append(Finding(AREA, "Application id", State.BROKEN, said, remedy))
    if bot.public_key.lower() != wanted.public_key.lower():
        said = "The stack's public key is not the application's: every command is refused."
        remedy = "Deploy again with DiscordPublicKey as the developer portal shows it."
        found.append(Finding(AREA, "Public key", State.BROKEN, said, remedy))
    if len(found) == 1:
        said = "Application id and public key are those of the stack."
        found.append(Finding(AREA, "Application", State.WELL, said))
    return found


def endpoint_findings(bot: Bot, wanted: Wanted, door: Door | None) -> list[Finding]:
    """Say whether commands reach the stack and nothing else does."""
    found: list[Finding] = []
    if bot.endpoint is None:
        said = "No interactions endpoint is set: no command reaches Usher."
        found.append(Finding(AREA, "Endpoint", State.BROKEN, said, _paste(wanted)))
    elif bot.endpoint.rstrip("/") != wanted.endpoint.rstrip("/"):
        said = f"Commands go to {bot.endpoint}, which is not this stack's."
        found.append(Finding(AREA, "Endpoint", State.BROKEN, said, _paste(wanted)))
    if door is None:
        return found
    let_in = [name for name, status in _forged(door).items() if status != UNAUTHORIZED]
    if let_in:
        statuses = ", ".join(f"{name} ping: {_forged(door)[name]}" for name in let_in)
        said = f"The endpoint does not refuse what Discord has not signed with 401 ({statuses})."
        remedy = (
            "Look into the log of the interactions function; 404 or no answer means another "
            "address, 200 that anybody may give commands: take the endpoint out of the portal."
        )
        found.append(Finding(AREA, "Signatures", State.BROKEN, said, remedy))
    elif door.accepted is False:
        said = "Discord asked the endpoint and got no right answer: it would not take it again."
        remedy = "Check the stack's DiscordPublicKey, and the log of the interactions function."
        found.append(Finding(AREA, "Signatures", State.BROKEN, said, remedy))
    if not found:
        said = "The endpoint is this stack's, and refuses what Discord has not signed"
        said += "; Discord pinged it and was content." if door.accepted else "."
        found.append(Finding(AREA, "Endpoint", State.WELL, said))
    return found


def closure_findings(closure: Closure | None, now: datetime) -> list[Finding]:
    """Say whether Discord is asked at all: the functions stop by themselves before a ban."""
    if closure is None or closure.seconds(now.timestamp()) <= 0:
        return [Finding(AREA, "Breaker", State.WELL, "Discord is asked.")]
    until = datetime.fromtimestamp(closure.until, UTC)
    said = f"No function asks Discord until {until:%H:%M:%S} UTC: {_CLOSED[closure.why]}."
    return [Finding(AREA, "Breaker", State.BROKEN, said, _REOPENED[closure.why])]


def redirect_findings(bot: Bot, wanted: str) -> list[Finding]:
    """Say whether who signs in gets back; asked where links ask for it."""
    if wanted in bot.redirects:
        return [Finding(AREA, "Sign-in", State.WELL, "Discord leads people back who sign in.")]
    said = "Links ask people to sign in, and Discord does not know where to lead them back to."
    remedy = f"Add {wanted} to the redirects in the developer portal, under OAuth2."
    return [Finding(AREA, "Sign-in", State.BROKEN, said, remedy)]


def command_findings(diff: Diff) -> list[Finding]:
    """Say whether Discord has the commands as they are declared."""
    if not diff:
        return [Finding(AREA, "Commands", State.WELL, "Discord has the commands of this release.")]
    changes = len(diff.created) + len(diff.updated) + len(diff.deleted)
    first = ", ".join([*diff.created, *(name for name, _ in diff.updated), *diff.deleted][:4])
    said = f"Discord has other commands than this release: {changes} differ ({first})."
    return [Finding(AREA, "Commands", State.ATTENTION, said, _REGISTER)]


def clock_findings(who: str, theirs: datetime, ours: datetime) -> list[Finding]:
    """Say whether this machine's clock goes right; HTTP's dates are whole seconds."""
    off = ours - theirs
    off = max(timedelta(0), abs(off) - timedelta(seconds=1))
    what = f"Clock ({who})"
    if off <= SKEW:
        return [Finding("Clocks", what, State.WELL, f"This machine and {who} agree on the time.")]
    state = State.BROKEN if off >= FAR else State.ATTENTION
    said = f"This machine's clock is {off.total_seconds():.0f} s away from that of {who}."
    return [Finding("Clocks", what, state, said, "Switch on time synchronisation (NTP) here.")]


def gateway_findings(gateway: Gateway, shards: int | None, setting: str = AUTO) -> list[Finding]:
    """Say whether the listener may connect, and with how many shards.

    `setting`: ListenerShardCount. A number that follows by itself does so when a listener begins,
    and only when it is off by more than twice (`gateway_listener/plan.py`).
    """
    found: list[Finding] = []
    hours = gateway.resets_in / timedelta(hours=1)
    if gateway.starts_left < min(FEW_STARTS, gateway.starts_total // 2):
        said = (
            f"Only {gateway.starts_left} of {gateway.starts_total} session starts are left for "
            f"the next {hours:.0f} hours."
        )
        remedy = "Find out why the listener begins anew so often before they are used up."
        found.append(Finding(AREA, "Session starts", State.ATTENTION, said, remedy))
    borne = 2 if setting == AUTO else 1
    if shards is not None and gateway.shards > shards * borne:
        said = f"Discord recommends {gateway.shards} shards, the listeners have {shards}."
        remedy = "Set ListenerShardCount to auto, or to that number, and deploy again."
        if setting == AUTO:
            remedy = "Start the listener anew: it begins with that number (ECS: force deployment)."
        found.append(Finding(AREA, "Shards", State.ATTENTION, said, remedy))
    if not found:
        said = f"{gateway.starts_left} of {gateway.starts_total} session starts are left."
        found.append(Finding(AREA, "Session starts", State.WELL, said))
    return found


_REGISTER: Final = (
    "Deploy again, which registers them; or `usher register`, with the token in DISCORD_BOT_TOKEN."
)
_CLOSED: Final = {
    Why.TOKEN: "it refuses the bot's token",
    Why.BAN: "it has banned the address from which it was asked",
    Why.INVALID: "so many calls were refused that a ban is near",
}
_REOPENED: Final = {
    Why.TOKEN: "Store a new token in the secret; one call tries again by itself.",
    Why.BAN: "Wait: one call tries again by itself; find out what was refused so often.",
    Why.INVALID: "Find out in the logs what Discord refuses; one call tries again by itself.",
}


def _paste(wanted: Wanted) -> str:
    return (
        f"Set {wanted.endpoint} as Interactions Endpoint URL in Discord's developer portal, under "
        "General Information."
    )


def _forged(door: Door) -> dict[str, int]:
    return {"forged": door.forged, "unsigned": door.unsigned}
