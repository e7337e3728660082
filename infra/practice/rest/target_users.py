"""Target users of an invite: read, replaced, added, removed, and how far they are processed.

Source: Discord API reference, "Invite", from Get Target Users on.
"""

from infra.practice.audit import AuditAction, audit
from infra.practice.entities import Guild, Invite
from infra.practice.errors import MISSING_PERMISSIONS, UNKNOWN_INVITE, ApiError, FormErrors
from infra.practice.forms import Form
from infra.practice.invites import guild_of_code, live_invite
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.routing import NOTHING, Answer, Routes
from infra.practice.targets import TargetUsers, job_json, read_targets, targets_csv

AT_ONCE = 1_000
FIELD = "target_users_file"
READERS = Permission.MANAGE_GUILD | Permission.VIEW_AUDIT_LOG
routes = Routes()


@routes.add("GET", "/invites/{code}/target-users")
async def get_target_users(call: Call) -> Answer:
    """Answer with the list as CSV; for the inviter, Manage Server or View Audit Log."""
    _, invite = _invite(call, READERS)
    return Answer(text=targets_csv(_targets(invite)), kind="text/csv")


@routes.add("PUT", "/invites/{code}/target-users")
async def replace_target_users(call: Call) -> Answer:
    """Replace the list by a file; for the inviter or Manage Server."""
    guild, invite = _invite(call, Permission.MANAGE_GUILD)
    _, uploads = await call.fields_and_uploads()
    file = next((upload for upload in uploads if upload.field == FIELD), None)
    if file is None:
        errors = FormErrors()
        errors.required(FIELD)
        errors.raise_if_any()
    else:
        takes = call.core.faults.lags.target_users
        invite.targets = read_targets(file.content, call.world.now, takes)
    _changed(call, guild)
    return NOTHING


@routes.add("GET", "/invites/{code}/target-users/job-status")
async def get_job_status(call: Call) -> Answer:
    """Say how far the list is processed."""
    _, invite = _invite(call, READERS)
    return Answer(job_json(_targets(invite), call.world.now))


@routes.add("PUT", "/invites/{code}/target-users/{user_id}")
async def add_target_user(call: Call) -> Answer:
    """Add one user."""
    return _edit(call, added=[call.id("user_id")])


@routes.add("DELETE", "/invites/{code}/target-users/{user_id}")
async def remove_target_user(call: Call) -> Answer:
    """Remove one user."""
    return _edit(call, removed=[call.id("user_id")])


@routes.add("POST", "/invites/{code}/target-users/bulk-add")
async def add_target_users(call: Call) -> Answer:
    """Add up to a thousand users."""
    return _edit(call, added=await _user_ids(call))


@routes.add("POST", "/invites/{code}/target-users/bulk-delete")
async def remove_target_users(call: Call) -> Answer:
    """Remove up to a thousand users."""
    return _edit(call, removed=await _user_ids(call))


def _edit(call: Call, added: list[str] | None = None, removed: list[str] | None = None) -> Answer:
    guild, invite = _invite(call, Permission.MANAGE_GUILD)
    targets = _targets(invite)
    kept = [item for item in targets.user_ids if item not in (removed or [])]
    targets.user_ids = list(dict.fromkeys([*kept, *(added or [])]))
    _changed(call, guild)
    return NOTHING


async def _user_ids(call: Call) -> list[str]:
    form: Form = await call.form()
    user_ids = form.snowflakes("user_ids")
    if user_ids is None:
        form.errors.required("user_ids")
    elif not 1 <= len(user_ids) <= AT_ONCE:
        form.errors.bad_length("user_ids", 1, AT_ONCE)
    form.check()
    return user_ids or []


def _invite(call: Call, permission: Permission) -> tuple[Guild, Invite]:
    """Find the invite in the path; its inviter needs no permission (else 50013)."""
    guild = guild_of_code(call.world, call.word("code"))
    invite = live_invite(call.world, guild, call.word("code"))
    if invite.inviter_id != call.bot_id:
        if call.bot_id not in guild.members:
            raise ApiError(MISSING_PERMISSIONS)
        call.require(guild, permission)
    return guild, invite


def _targets(invite: Invite) -> TargetUsers:
    if invite.targets is None:
        raise ApiError(UNKNOWN_INVITE)
    return invite.targets


def _changed(call: Call, guild: Guild) -> None:
    entry = audit(
        call.world, guild, AuditAction.INVITE_UPDATE, call.bot_id, None, reason=call.reason
    )
    call.publish([entry])
