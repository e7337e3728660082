"""The bot itself, other users, direct channels, and the application."""

from infra.practice.errors import FormErrors
from infra.practice.payloads.application import application_json
from infra.practice.payloads.guilds import channel_json, own_guild_json
from infra.practice.payloads.people import user_json
from infra.practice.permissions import guild_permissions
from infra.practice.rest.call import Call
from infra.practice.rest.routing import Answer, Routes

routes = Routes()


@routes.add("GET", "/users/@me/guilds")
async def get_own_guilds(call: Call) -> Answer:
    """List the guilds that the bot is in."""
    bot_id = call.bot_id
    return Answer(
        [
            own_guild_json(guild, bot_id, guild_permissions(guild, guild.members[bot_id]))
            for guild in call.world.state.guilds.values()
            if bot_id in guild.members
        ]
    )


@routes.add("POST", "/users/@me/channels")
async def open_direct_channel(call: Call) -> Answer:
    """Open a direct channel with a user, or find the one that is open."""
    form = await call.form()
    recipient = form.snowflake("recipient_id")
    if recipient is None:
        form.errors.required("recipient_id")
    form.check()
    channel = call.world.direct_channel(call.world.user(str(recipient)).id)
    call.publish([])
    return Answer(channel_json(call.world, channel))


@routes.add("GET", "/users/{user_id}")
async def get_user(call: Call) -> Answer:
    """Answer with a user."""
    return Answer(user_json(call.world.user(call.id("user_id"))))


@routes.add("GET", "/oauth2/applications/@me")
@routes.add("GET", "/applications/@me")
async def get_own_application(call: Call) -> Answer:
    """Answer with the application."""
    return _application(call)


@routes.add("PATCH", "/applications/@me")
async def edit_own_application(call: Call) -> Answer:
    """Change the description or the interactions endpoint, which must pass its check first."""
    form = await call.form()
    application = call.world.application
    if "description" in form:
        application.description = form.text("description", 400)
    form.check()
    if "interactions_endpoint_url" in form:
        url = form.text("interactions_endpoint_url", 512) or None
        if url is not None:
            check = await call.core.endpoint.verify(url)
            if not check.ok:
                errors = FormErrors()
                errors.add(
                    "interactions_endpoint_url",
                    "APPLICATION_INTERACTIONS_ENDPOINT_VERIFICATION_FAILED",
                    "The specified interactions endpoint url could not be verified.",
                )
                errors.raise_if_any()
        application.interactions_endpoint = url
    call.publish([])
    return _application(call)


def _application(call: Call) -> Answer:
    key, approved = call.core.signer.public_key_hex, call.core.hub.approved
    return Answer(application_json(call.world, key, approved))
