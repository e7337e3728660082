"""A change set: made by SAM, shown, agreed to, carried out, watched to its end."""

from typing import Final

from infra.deploying.model import KEPT, ChangeSet, Stack, StopError, Wish
from infra.deploying.ports import Tools

POLL_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 3600.0
PROPOSED: Final = "REVIEW_IN_PROGRESS"
"""There is a change set that would make the stack, and nothing else."""
GOOD: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
REMEDIES: Final = {
    "ROLLBACK_FAILED": "delete the stack in CloudFormation's console, then run this again.",
    "DELETE_FAILED": "see in CloudFormation's console what is in the way, and run `usher destroy`.",
    "UPDATE_ROLLBACK_FAILED": "mend what its events name, `aws cloudformation "
    "continue-update-rollback`, then run this again.",
    "IMPORT_ROLLBACK_COMPLETE": "what it was to take over was not taken, see its events. `make "
    "destroy` deletes the empty stack; then run this again.",
    "IMPORT_ROLLBACK_FAILED": "see its events in CloudFormation's console.",
}


def ready(tools: Tools, wish: Wish) -> Stack | None:
    """Return the stack in a state that can be changed, None before the first time.

    What a first deployment that failed has left is removed. Raises StopError.
    """
    stack = tools.stacks.stack(wish.stack_name)
    if stack is None or stack.status == PROPOSED:
        return None
    if stack.status == "ROLLBACK_COMPLETE":
        _clear(tools, wish)
        return None
    if stack.status in REMEDIES:
        raise StopError(f"{stack.name} is {stack.status}: {REMEDIES[stack.status]}")
    if stack.status.endswith("IN_PROGRESS"):
        raise StopError(
            f"{stack.name} is {stack.status}: somebody changes it now. Run this again later."
        )
    return stack


def _objection(tools: Tools, wish: Wish, changes: ChangeSet) -> str:
    """Show what would be done; say what speaks against it, or nothing."""
    for change in changes.changes:
        tools.console.say(change.line())
    lost = [
        c for c in changes.changes if c.logical_id in KEPT and (c.replaces or c.action == "Remove")
    ]
    if lost:
        names = ", ".join(change.logical_id for change in lost)
        return (
            f"This would begin an empty {names} in place of the one there is; nothing was changed. "
            "What is in the ledger and the table has to be moved first: docs/restore.md."
        )
    if not wish.yes and not tools.console.agrees("Carry these changes out?"):
        return "Nothing was changed in the stack. Run this again when you want it."
    return ""


def carry_out(tools: Tools, wish: Wish, change_set: str) -> Stack:
    """Show a change set, ask, carry it out and wait. Raises StopError."""
    if objection := _objection(tools, wish, tools.stacks.read_changes(change_set)):
        tools.stacks.discard(change_set)
        raise StopError(objection)
    tools.stacks.execute(change_set)
    stack = wait(tools, wish.stack_name)
    if stack is None or stack.status not in GOOD:
        raise StopError(_failed(tools, wish, stack))
    return stack


def wait(tools: Tools, name: str) -> Stack | None:
    """Wait until nothing is in progress; None where the stack is gone."""
    waited, last = 0.0, ""
    while waited < PATIENCE_SECONDS:
        # First, since a stack may look as before for a moment after it was told to change.
        tools.pause(POLL_SECONDS)
        waited += POLL_SECONDS
        stack = tools.stacks.stack(name)
        if stack is None or not stack.status.endswith("IN_PROGRESS"):
            return stack
        if stack.status != last:
            tools.console.say(f"  {stack.name} is {stack.status}")
            last = stack.status
    raise StopError(
        f"{name} is still at work after an hour: see its events, and run this again then."
    )


def _failed(tools: Tools, wish: Wish, stack: Stack | None) -> str:
    if stack is None:
        return f"{wish.stack_name} is gone."
    reasons = "; ".join(tools.stacks.failures(stack.name)) or "CloudFormation gives no reason"
    back = "as it was before" if stack.status == "UPDATE_ROLLBACK_COMPLETE" else stack.status
    return f"The changes failed and {stack.name} is {back}: {reasons}."


def _clear(tools: Tools, wish: Wish) -> None:
    name = wish.stack_name
    question = f"The first deployment of {name} failed and was rolled back. Remove what it left?"
    if not wish.yes and not tools.console.agrees(question):
        raise StopError(
            f"{name} cannot be changed until it is removed: run this again, or delete it."
        )
    left = [one for one in tools.stacks.resources(name) if one.logical_id in KEPT[:2]]
    tools.stacks.delete_stack(name)
    stack = wait(tools, name)
    if stack is not None:
        raise StopError(f"{name} is {stack.status}: {'; '.join(tools.stacks.failures(name))}.")
    for one in left:
        tools.console.say(
            f"  {one.physical_id} ({one.logical_id}) is empty and stays: delete it by hand"
        )
