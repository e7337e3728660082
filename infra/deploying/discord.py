"""What Discord has to know: intents, the install link, commands, and where interactions go."""

from collections.abc import Mapping
from typing import Final

from infra.deploying.model import Application, StopError, Wish
from infra.deploying.needs import NEEDS, SCOPES, install_link, permissions
from infra.deploying.ports import Portal, Tools

MEMBERS: Final = 1 << 14
MEMBERS_LIMITED: Final = 1 << 15
LIMITED: Final = 1 << 13 | MEMBERS_LIMITED | 1 << 19
"""Application Flags: of intents below the review's limit; the only ones that the API changes."""
TRIES: Final = 4
"""The first invocations are cold, and Discord waits 3 s for each of its two questions."""
PAUSE: Final = 3.0
SERVER: Final = "0"
"""GUILD_INSTALL (Application Integration Types)."""


def take_over(tools: Tools, application: Application, wish: Wish) -> None:
    """Ask before a bot that answers elsewhere gets its first stack here. Raises StopError."""
    if not application.endpoint:
        return
    tools.console.say(f"  {application.name} answers at {application.endpoint} at present")
    question = (
        "If that is another stack of Usher's, in another Region or account, two listeners with "
        "one token end each other's sessions. Take the bot over here?"
    )
    if not wish.yes and not tools.console.agrees(question):
        raise StopError(
            f"There is no {wish.stack_name} here, and nothing was begun: choose the stack's "
            "--region and --profile, or take it down first (`make destroy`)."
        )


def prepare(tools: Tools, portal: Portal, application: Application) -> None:
    """Switch the members intent on and set the install link; says by hand what Discord refuses."""
    say = tools.console.say
    if application.flags & (MEMBERS | MEMBERS_LIMITED):
        say("  the Server Members Intent is on")
    elif refusal := portal.change({"flags": application.flags & LIMITED | MEMBERS_LIMITED}):
        raise StopError(
            f"Discord did not switch the Server Members Intent on ({refusal}). Do it in the "
            "portal, under Bot, Privileged Gateway Intents; without it nobody's join is seen."
        )
    else:
        say("  switched the Server Members Intent on")
    if _installs(application):
        return
    wanted = {"oauth2_install_params": {"scopes": [*SCOPES], "permissions": permissions()}}
    if refusal := portal.change(
        {"integration_types_config": {**application.installs, SERVER: wanted}}
    ):
        say(f"  the portal's own install link is as it was ({refusal}); the one below will do")
    else:
        say("  set the install link that Discord shows")


def register(tools: Tools, portal: Portal) -> None:
    """Register the commands where they differ. Raises StopError."""
    for line in portal.register():
        tools.console.say(f"  {line}")


def point(tools: Tools, portal: Portal, url: str, wish: Wish) -> None:
    """Have interactions sent to this stack. Raises StopError."""
    held = portal.look().endpoint
    if held == url:
        tools.console.say("  Discord sends interactions here already")
        return
    if held and not wish.yes:
        tools.console.say(f"  at present they go to {held}")
        if not tools.console.agrees("Send them here from now on?"):
            raise StopError("Interactions go on going where they went: this stack answers none.")
    refusal = portal.change({"interactions_endpoint_url": url})
    for _ in range(TRIES - 1):
        if refusal is None:
            break
        tools.pause(PAUSE)
        refusal = portal.change({"interactions_endpoint_url": url})
    if refusal is not None:
        raise StopError(
            f"Discord did not accept {url} ({refusal}). It asks twice, once with a wrong "
            "signature, and waits 3 seconds for each answer. See the log group "
            f"/usher/{wish.stage}/interactions, and run this again; or paste the address into the "
            "portal, under General Information, Interactions Endpoint URL."
        )
    tools.console.say(f"  Discord sends interactions to {url}")


def farewell(tools: Tools, application: Application, outputs: Mapping[str, str], site: str) -> None:
    """Print what the operator needs from now on."""
    say = tools.console.say
    say("")
    width = max((len(name) for name in outputs), default=0)
    for name, value in sorted(outputs.items()):
        say(f"{name:{width}}  {value}")
    say("")
    say(f"{application.name} asks, when it is added to a server, for:")
    for need in NEEDS:
        say(f"  {need.name:24}  {need.reason}")
    say("Add it with this link, and drag its role above the roles that it shall give:")
    say(install_link(application.id, site))


def remind_of_redirect(tools: Tools, application: Application, outputs: Mapping[str, str]) -> None:
    """Name the redirect that sign-in needs, and that only the portal can set."""
    redirect = outputs.get("SignInRedirect")
    if redirect and redirect not in application.redirects:
        tools.console.say(
            f"  add {redirect} in the portal, under OAuth2, Redirects: no API can, and without it "
            "nobody can sign in"
        )


def _installs(application: Application) -> bool:
    held = application.installs.get(SERVER)
    return isinstance(held, Mapping) and bool(held.get("oauth2_install_params"))
