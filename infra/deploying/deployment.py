"""`usher deploy`, step by step. Every step may be repeated: what is done is found done."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from infra.deploying import adopting, asking, changes, discord, image, sam, secrets
from infra.deploying import release as releases
from infra.deploying.model import (
    ARCHITECTURES,
    REPOSITORY,
    Application,
    Identity,
    Stack,
    StopError,
    Wish,
)
from infra.deploying.ports import Tools
from usher.platform.settings import DISCORD_API_BASE

RUNTIME: Final = (3, 13)
AT_ONCE: Final = 100
"""Functions at once with which a server or two has enough; some new accounts begin with 10."""
ELSEWHERE: Final = "elsewhere"
"""DeployListener for a listener on a machine of the operator's own."""
SITE: Final = "https://discord.com"


def deploy(tools: Tools, wish: Wish, profile: str | None = None) -> None:
    """Bring everything to what this checkout says. Raises StopError."""
    step = tools.console.say
    step("Who deploys")
    identity = check(tools)
    step(f"  {identity.arn} to account {identity.account}, {identity.region}, as {wish.stack_name}")
    stack = changes.ready(tools, wish)
    agreed = replace(wish, yes=wish.yes or stack is None)  # the first time it is asked at once
    adopting.check(tools, wish, stack)
    given = asking.answers(tools, wish, stack)
    known = {**(stack.parameters if stack else {}), **wish.parameters}
    api_base = known.get("DiscordApiBase", DISCORD_API_BASE)
    architecture = _architecture(wish, known)
    step("The bot")
    token_name, application = secrets.settle_token(tools, wish, stack, api_base)
    others = secrets.settle_others(tools, wish)
    portal = tools.portal(api_base, _token(tools, token_name))
    discord.prepare(tools, portal, application)
    parameters = {
        **given,
        "Stage": wish.stage,
        "Architecture": architecture,
        "DiscordApplicationId": application.id,
        "DiscordPublicKey": application.public_key,
        "DiscordTokenSecretName": token_name,
        **others,
        **_listener(tools, wish, known, architecture),
    }
    step("The functions")
    sam.build(tools, architecture)
    parameters = {**releases.release(wish.source, {**known, **parameters}), **parameters}
    step("The stack")
    if wish.adopted and stack is None:
        adopting.adopt(tools, wish)
    stack = _change(tools, wish, identity, profile, parameters) or stack
    if stack is None:
        raise StopError(f"{wish.stack_name} was not made: SAM found nothing to do.")
    _tell_discord(tools, agreed, stack, api_base, token_name, application)


def check(tools: Tools) -> Identity:
    """See that there is what every deployment needs. Raises StopError."""
    if sys.version_info[:2] != RUNTIME:
        have = ".".join(map(str, sys.version_info[:2]))
        raise StopError(f"Bytecode is made by Python 3.13 and this is {have}: run `make deploy`.")
    identity = tools.cloud.identity()
    allowed = tools.cloud.at_once()
    if allowed is not None and allowed < AT_ONCE:
        tools.console.say(
            f"  Lambda runs only {allowed} functions at once in this account: ask for 1,000 "
            "(Service Quotas, AWS Lambda, Concurrent executions), or members wait at busy times"
        )
    return identity


def _architecture(wish: Wish, known: Mapping[str, str]) -> str:
    wanted = wish.architecture or known.get("Architecture") or ARCHITECTURES[0]
    if wanted not in ARCHITECTURES:
        raise StopError(f"{wanted} is no architecture of Lambda: it is arm64 or x86_64.")
    return wanted


def _listener(
    tools: Tools, wish: Wish, known: Mapping[str, str], architecture: str
) -> dict[str, str]:
    wanted = wish.listener
    if wanted is None:
        chosen = known.get("DeployListener", "true")
        if chosen == ELSEWHERE:
            tools.console.say("The listener runs elsewhere: nothing is built for it")
            return {"DeployListener": chosen}
        wanted = chosen == "true"
    if not wanted:
        tools.console.say("The listener is left out, and no join is seen: --listener puts it in")
        return {"DeployListener": "false"}
    tools.console.say("The listener's image")
    repository = known.get("ListenerRepositoryName", REPOSITORY)
    tag = image.provide(tools, wish, architecture, repository)
    if tools.cloud.ensure_ecs_role():
        tools.console.say("  made the role by which ECS works in this account")
    return {"DeployListener": "true", "ListenerImageTag": tag}


def _change(
    tools: Tools, wish: Wish, identity: Identity, profile: str | None, parameters: Mapping[str, str]
) -> Stack | None:
    change_set = sam.propose(tools, wish, identity.region, profile, parameters)
    if change_set is None:
        tools.console.say("  nothing is to be changed")
        return tools.stacks.stack(wish.stack_name)
    return changes.carry_out(tools, wish, change_set)


def _tell_discord(
    tools: Tools,
    wish: Wish,
    stack: Stack,
    api_base: str,
    token_name: str,
    application: Application,
) -> None:
    portal = tools.portal(api_base, _token(tools, token_name))
    tools.console.say("Discord")
    discord.register(tools, portal)
    discord.point(tools, portal, stack.outputs["InteractionsEndpoint"], wish)
    if stack.parameters.get("DiscordClientSecretName"):
        discord.remind_of_redirect(tools, application, stack.outputs)
    site = stack.parameters.get("DiscordSite", SITE)
    discord.farewell(tools, application, stack.outputs, site)


def _token(tools: Tools, name: str) -> str:
    token = secrets.read_token(tools, name)
    if token is None:
        raise StopError(f"The secret {name} is gone.")
    return token
