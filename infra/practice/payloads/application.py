"""The application and its commands as JSON."""

from infra.practice.entities import Command
from infra.practice.intents import Intents
from infra.practice.json_types import JsonObject
from infra.practice.payloads.people import user_json
from infra.practice.world import World

GATEWAY_PRESENCE_LIMITED = 1 << 13
GATEWAY_GUILD_MEMBERS_LIMITED = 1 << 15
GATEWAY_MESSAGE_CONTENT_LIMITED = 1 << 19
_FLAGS = {
    Intents.GUILD_PRESENCES: GATEWAY_PRESENCE_LIMITED,
    Intents.GUILD_MEMBERS: GATEWAY_GUILD_MEMBERS_LIMITED,
    Intents.MESSAGE_CONTENT: GATEWAY_MESSAGE_CONTENT_LIMITED,
}


def application_json(world: World, verify_key: str, approved: Intents) -> JsonObject:
    """Write the application as its owner sees it, with the privileged intents it was granted."""
    application = world.application
    flags = sum(flag for intent, flag in _FLAGS.items() if approved & intent)
    return {
        **partial_application_json(world),
        "bot": user_json(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": verify_key,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [*sorted(world.grants.redirects)],
        "interactions_endpoint_url": application.interactions_endpoint,
        "role_connections_verification_url": None,
        "owner": user_json(world.user(application.owner_id)),
        "approximate_guild_count": len(world.state.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "event_webhooks_url": None,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["identify", "guilds", "guilds.join", "bot"],
        "integration_types_config": {"0": {}},
        "tags": [],
    }


def partial_application_json(world: World) -> JsonObject:
    """Write what anybody may know of the application."""
    application = world.application
    return {
        "id": application.id,
        "name": application.name,
        "icon": None,
        "description": application.description,
        "type": None,
    }


def command_json(world: World, command: Command) -> JsonObject:
    """Write a registered command."""
    body: JsonObject = {
        "id": command.id,
        "application_id": world.application.id,
        "version": command.version,
        **command.body,
    }
    if command.guild_id is not None:
        body["guild_id"] = command.guild_id
    return body
