"""The bot's token and other secrets: read where nobody sees them, kept in Secrets Manager.

They are no parameter, no argument and no file; a token is stored only after Discord has known it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from infra.deploying import discord
from infra.deploying.model import Application, Stack, StopError, Wish
from infra.deploying.ports import Tools
from usher.platform.token_text import SecretError, token_in

ASK_TOKEN = "Bot token (Discord's developer portal, Bot, Reset Token): "  # noqa: S105 - a question


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that only some deployments have."""

    parameter: str
    name: str
    question: str
    wanted: Callable[[Wish], bool]


OTHERS: Final = (
    Secret(
        "DiscordClientSecretName",
        "discord-client-secret",
        "Client secret (portal, OAuth2, Reset Secret): ",
        lambda wish: wish.sign_in,
    ),
    Secret(
        "AlertsWebhookSecretName",
        "alerts-webhook",
        "Address of the channel's webhook (channel settings, Integrations, Webhooks): ",
        lambda wish: wish.alerts,
    ),
)


def settle_token(
    tools: Tools, wish: Wish, stack: Stack | None, api_base: str
) -> tuple[str, Application]:
    """Return the stage's token, and whose it is. Raises StopError."""
    name = (stack.parameters if stack else {}).get("DiscordTokenSecretName") or wish.token_name
    name = wish.parameters.get("DiscordTokenSecretName", name)
    held = None if wish.new_secrets else read_token(tools, name)
    token = held or tools.console.secret(ASK_TOKEN).strip()
    if not token:
        raise StopError(
            f"There is no bot token yet in the secret {name}: run this in a terminal, which asks "
            "for it, or pipe it in."
        )
    application = tools.portal(api_base, token).look()
    _same_application(stack, application)
    if stack is None:
        discord.take_over(tools, application, wish)
    if token != held:
        tools.cloud.keep_secret(name, token, wish.tags)
        tools.console.say(f"  the token of {application.name} is in the secret {name}")
    return name, application


def read_token(tools: Tools, name: str) -> str | None:
    """Read the token of a secret; None where there is none. Raises StopError."""
    text = tools.cloud.secret(name)
    try:
        return None if text is None else token_in(text, name)
    except SecretError as error:
        raise StopError(f"The secret {name} holds no token: --new-secrets asks for one.") from error


def settle_others(tools: Tools, wish: Wish) -> dict[str, str]:
    """Have the other secrets that are asked for; return the parameters that name them."""
    return {one.parameter: _settle(tools, wish, one) for one in OTHERS if one.wanted(wish)}


def _settle(tools: Tools, wish: Wish, one: Secret) -> str:
    name = f"usher/{wish.stage}/{one.name}"
    if wish.new_secrets or tools.cloud.secret(name) is None:
        text = tools.console.secret(one.question).strip()
        if not text:
            raise StopError(f"There is nothing yet in the secret {name}.")
        tools.cloud.keep_secret(name, text, wish.tags)
        tools.console.say(f"  kept in the secret {name}")
    return name


def _same_application(stack: Stack | None, application: Application) -> None:
    if stack is None:
        return
    deployed = stack.parameters.get("DiscordApplicationId", application.id)
    if deployed != application.id:
        raise StopError(
            f"This token belongs to the application {application.id}, but {stack.name} was "
            f"deployed for {deployed}. Another bot gets a stage of its own: --stage NAME."
        )
