"""What a server pauses during an incident.

Source: Discord API reference, "Guild", Modify Guild Incident Actions.
"""

from datetime import datetime, timedelta

from infra.practice.audit import AuditAction, audit, differences
from infra.practice.forms import Form
from infra.practice.json_types import JsonObject
from infra.practice.membership import guild_event
from infra.practice.payloads.guilds import guild_json, incidents_json
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.routing import Answer, Routes

FIELDS = ("invites_disabled_until", "dms_disabled_until")
LONGEST_PAUSE = timedelta(hours=24)
routes = Routes()


@routes.add("PUT", "/guilds/{guild_id}/incident-actions")
async def pause(call: Call) -> Answer:
    """Pause invites and direct messages for at most a day; null ends a pause."""
    guild = call.guild()
    call.require(guild, Permission.MANAGE_GUILD)
    form = await call.form()
    invites, direct = _until(call, form, "invites"), _until(call, form, "dms")
    form.check()
    before = incidents_json(guild) or {}
    if "invites_disabled_until" in form:
        guild.invites_disabled_until = invites
    if "dms_disabled_until" in form:
        guild.dms_disabled_until = direct
    after: JsonObject = incidents_json(guild) or dict.fromkeys(FIELDS)
    changes = differences(before, after)
    if changes:
        action = AuditAction.GUILD_UPDATE
        entry = audit(
            call.world, guild, action, call.bot_id, guild.id, changes=changes, reason=call.reason
        )
        call.publish([guild_event("GUILD_UPDATE", guild, guild_json(guild)), entry])
    return Answer(after)


def _until(call: Call, form: Form, what: str) -> datetime | None:
    name = f"{what}_disabled_until"
    until = form.moment(name)
    if until is not None and until > call.world.now + LONGEST_PAUSE:
        form.errors.add(name, "BASE_TYPE_MAX", "Must be within 24 hours.")
    return until
