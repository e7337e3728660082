"""/massban (SPEC 7.1; the command catalogue)."""

import re
from typing import Annotated, Final, Protocol

from usher.ids import UserId
from usher.moderation.asking import REASON, answered, reasons
from usher.moderation.asking import Services as ModerationServices
from usher.moderation.guard import Action
from usher.moderation.guard_words import refused
from usher.moderation.massing import MOST
from usher.moderation.model import Status
from usher.moderation.sanction_commands import DAY, Pruned, order, replaced
from usher.slash import text
from usher.slash.attached import HasAttached, read_attached
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.resolved import AttachmentId
from usher.slash.say import say, say_count

LARGEST: Final = 100_000
"""Bytes of a list of ids."""
SHOWN: Final = 15
_ID: Final = re.compile(r"(?<![0-9])[0-9]{17,20}(?![0-9])")
NEEDED: Final = Permission.BAN_MEMBERS | Permission.MANAGE_GUILD


class Services(ModerationServices, HasAttached, Protocol):
    """What `/massban` calls."""


@command(
    "massban",
    "Ban up to 200 users at once",
    defer=True,
    ephemeral=True,
    permissions=NEEDED,
)
def massban(
    ctx: Ctx[Services],
    reason: Annotated[str, Opt("Why", min_length=1, max_length=REASON, complete=reasons)],
    ids: Annotated[str | None, Opt("Their ids, however parted")] = None,
    file: Annotated[AttachmentId | None, Opt("A text file with their ids")] = None,
    delete_days: Pruned = None,
) -> Reply:
    """Ban users by their ids, for good, each with a case; none of them is told."""
    written = ids or ""
    if file is not None:
        written += "\n" + read_attached(ctx, file, LARGEST).decode("utf-8", "replace")
    users = list(dict.fromkeys(UserId(one) for one in _ID.findall(written)))
    if not users:
        raise UserError(say("There are no user ids in that. They have 17 to 20 digits."))
    if len(users) > MOST:
        raise UserError(
            say(
                "Those are {number} users; Discord bans at most {most} at once.",
                number=len(users),
                most=MOST,
            )
        )
    made = order(ctx, Action.MASSBAN, users[0], reason)
    made = replaced(made, delete_seconds=(delete_days or 0) * DAY)
    with answered(Action.MASSBAN, users[0]):
        found = ctx.services.court.ban_many(made, users)
    done = [case for case in found.cases if case.status is Status.ACTIVE]
    failed = [case for case in found.cases if case.status is Status.FAILED]
    waiting = [case for case in found.cases if case.status is Status.PENDING]
    said = [say_count("{number} user is banned.", "{number} users are banned.", len(done))]
    if done:
        first, last = min(case.number for case in done), max(case.number for case in done)
        said.append(say("Cases {first} to {last}.", first=first, last=last))
    if waiting:
        said.append(
            say_count(
                "Discord asks me to wait: {number} more is banned as soon as it lets me.",
                "Discord asks me to wait: {number} more are banned as soon as it lets me.",
                len(waiting),
            )
        )
    said += [
        f"- {refused(why, Action.MASSBAN, user)} ({text.code(user)})"
        for user, why in found.refused[:SHOWN]
    ]
    said += [
        "- " + say("Discord did not ban {user}.", user=text.user(case.user_id))
        for case in failed[:SHOWN]
    ]
    left = max(len(found.refused) - SHOWN, 0) + max(len(failed) - SHOWN, 0)
    if left:
        said.append(say_count("{number} more was left.", "{number} more were left.", left))
    return Reply("\n".join(said), ephemeral=True)
