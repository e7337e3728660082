"""What must stand and run in the cloud. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from infra.doctor.facts import Alarm, Queue, Schedule, Shards, Store, Worker
from usher.doctor.model import Finding, State

STACK, QUEUES, FUNCTIONS = "Stack", "Queues", "Functions"
LISTENER, STORE, ALARMS = "Listener", "Table and ledger", "Alarms"
DEAD: Final = "-dlq"
"""What names of dead-letter queues end with."""
SLOW: Final = timedelta(minutes=5)
SLOWER: Final = {
    "alerts": timedelta(minutes=10),
    "confirmations": timedelta(minutes=30),
    "hooks": timedelta(minutes=30),
    "repairs": timedelta(hours=27),
}
"""Queues in which messages are to wait; the same as their alarms say (infra/alarms.yaml)."""
MISSED: Final = 3
"""Times its own pause that a schedule may be silent: figures come late."""
OLD_BACKUP: Final = timedelta(hours=26)
COMPLETE: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


def stack_findings(status: str) -> list[Finding]:
    """Say whether the last deployment was completed."""
    if status in COMPLETE:
        return [Finding(STACK, "Deployment", State.WELL, f"The stack is {status}.")]
    state = State.ATTENTION if status.endswith("ROLLBACK_COMPLETE") else State.BROKEN
    if status.endswith("IN_PROGRESS"):
        return [Finding(STACK, "Deployment", State.ATTENTION, f"The stack is {status}.", _WAIT)]
    said = f"The stack is {status}: the last deployment did not go through."
    return [Finding(STACK, "Deployment", state, said, "Read the stack's events, and deploy again.")]


def queue_findings(queues: Sequence[Queue]) -> list[Finding]:
    """Say what waits too long, and what was given up."""
    found: list[Finding] = []
    for one in queues:
        if one.dead and one.depth + one.in_flight:
            queue, number = one.name.removesuffix(DEAD), one.depth + one.in_flight
            said = f"{_messages(number)} given up in {one.name}."
            remedy = (
                f"`usher dlq list {queue}` says what and why; when that is mended, "
                f"`usher dlq redrive {queue}` puts it back."
            )
            found.append(Finding(QUEUES, one.name, State.BROKEN, said, remedy))
        elif not one.dead and one.oldest is not None and one.oldest > SLOWER.get(one.name, SLOW):
            said = f"{_messages(one.depth)} waiting in {one.name}, the oldest {age_of(one.oldest)}."
            remedy = "Look at the function that reads it, below, and at Discord's own status."
            found.append(Finding(QUEUES, one.name, State.ATTENTION, said, remedy))
    if not found:
        waiting = sum(one.depth + one.in_flight for one in queues)
        said = f"{len(queues)} queues, {_messages(waiting)} under way, none given up."
        found.append(Finding(QUEUES, QUEUES, State.WELL, said))
    return found


def function_findings(workers: Sequence[Worker]) -> list[Finding]:
    """Say which functions do not run, or fail."""
    found: list[Finding] = []
    for one in workers:
        if one.state not in ("Active", "Inactive") or one.update == "Failed":
            said = f"{one.name} is {one.state}, its last update {one.update}."
            found.append(Finding(FUNCTIONS, one.name, State.BROKEN, said, "Deploy again."))
        if one.disabled:
            said = f"{one.name} does not read {', '.join(one.disabled)}: that is switched off."
            remedy = "Switch the event source mapping on again, or deploy again."
            found.append(Finding(FUNCTIONS, one.name, State.BROKEN, said, remedy))
        if one.errors:
            newest = f" The newest: {one.last_error}." if one.last_error else ""
            said = f"{one.name} logged {_errors(one.errors)} within a day.{newest}"
            remedy = "Read its log; what failed is tried again, or lies in a dead-letter queue."
            found.append(Finding(FUNCTIONS, one.name, State.ATTENTION, said, remedy))
    if not found:
        said = f"{len(workers)} functions are active, without an error within a day."
        found.append(Finding(FUNCTIONS, FUNCTIONS, State.WELL, said))
    return found


def schedule_findings(schedules: Sequence[Schedule], now: datetime) -> list[Finding]:
    """Say which schedules are off, or do not run."""
    found: list[Finding] = []
    for one in schedules:
        if not one.enabled:
            said = f"The schedule {one.name} is switched off."
            found.append(Finding("Schedules", one.name, State.BROKEN, said, "Deploy again."))
        elif one.every and one.last_run and now - one.last_run > one.every * MISSED:
            said = f"The schedule {one.name} ran last {age_of(now - one.last_run)} ago."
            remedy = "Look at the errors of its function, and whether the rule may invoke it."
            found.append(Finding("Schedules", one.name, State.BROKEN, said, remedy))
    if not found:
        said = f"{len(schedules)} schedules are on"
        runs = [one.last_run for one in schedules if one.last_run]
        said += f"; the last ran {age_of(now - max(runs))} ago." if runs else "."
        found.append(Finding("Schedules", "Schedules", State.WELL, said))
    return found


def listener_findings(
    shards: Shards | None, tasks: tuple[int, int] | None, *, asked: bool = True
) -> list[Finding]:
    """Say whether every shard is listened to; `tasks` are those that run and those wanted.

    `asked`: whether the shards could be asked for at all.
    """
    found: list[Finding] = []
    if tasks is not None and tasks[0] < tasks[1]:
        said = f"{tasks[0]} of {tasks[1]} listener tasks run."
        remedy = "Read the events of the ECS service and the listener's log."
        found.append(Finding(LISTENER, "Tasks", State.BROKEN, said, remedy))
    if not asked:
        return found
    if shards is None:
        said = "No listener has ever connected."
        remedy = "Start one (DeployListener true on AWS); its log says what is wrong."
        return [*found, Finding(LISTENER, "Sessions", State.BROKEN, said, remedy)]
    if shards.free:
        some = ", ".join(map(str, shards.free[:8]))
        said = f"Nobody listens to {len(shards.free)} of {shards.count} shards ({some})."
        remedy = "Start the listener; joins in between are made up for when it comes back."
        found.append(Finding(LISTENER, "Sessions", State.BROKEN, said, remedy))
    if shards.stale:
        said = f"{shards.stale} of {shards.count} sessions have heard nothing for minutes."
        remedy = "They begin anew by themselves; if not, read the listener's log."
        found.append(Finding(LISTENER, "Sessions", State.ATTENTION, said, remedy))
    if not found:
        said = f"All shards are listened to ({shards.count})."
        found.append(Finding(LISTENER, "Sessions", State.WELL, said))
    return found


def store_findings(store: Store, now: datetime, since: datetime | None) -> list[Finding]:
    """Say whether table and ledger are there and safe; `since` is when the stack was made."""
    found: list[Finding] = []
    if store.table_status != "ACTIVE":
        said = f"The table {store.table} is {store.table_status}."
        found.append(Finding(STORE, "Table", State.BROKEN, said, "See docs/restore.md."))
    if not store.recoverable:
        said = "The table has no point-in-time recovery."
        found.append(Finding(STORE, "Table", State.ATTENTION, said, "Deploy again."))
    if not store.versioned:
        said = "The ledger's bucket keeps no versions: what is overwritten is lost."
        found.append(Finding(STORE, "Ledger", State.BROKEN, said, "Deploy again."))
    if store.parked:
        said = f"{_messages(store.parked)} parked in the bucket: no release could read them."
        remedy = "Look at them under parked/; the servers' listeners looked again by themselves."
        found.append(Finding(STORE, "Parked", State.ATTENTION, said, remedy))
    found += _backup(store, now, since)
    if all(one.state is State.WELL for one in found):
        said = "Table and ledger are there, recoverable and versioned."
        found.insert(0, Finding(STORE, "Table", State.WELL, said))
    return found


def alarm_findings(ringing: Iterable[Alarm], number: int) -> list[Finding]:
    """Say which alarms ring."""
    found = [_ringing(one) for one in ringing]
    if not number:
        said = "The stack has no alarms."
        return [Finding(ALARMS, ALARMS, State.ATTENTION, said, "Deploy the release's template.")]
    return found or [Finding(ALARMS, ALARMS, State.WELL, f"None of {number} alarms rings.")]


def secret_findings(name: str, *, present: bool, what: str) -> list[Finding]:
    """Say whether a secret is there."""
    if present:
        return [Finding("Secrets", what, State.WELL, f"The secret {name} is there.")]
    said = f"The secret {name} ({what}) is missing or cannot be read."
    remedy = "Store it in Secrets Manager under that name, in the stack's Region."
    return [Finding("Secrets", what, State.BROKEN, said, remedy)]


_WAIT: Final = "Wait until it is complete, then look again."
_OPERATIONS: Final = "docs/operations.md"


def _ringing(alarm: Alarm) -> Finding:
    """Say what an alarm says: a sentence, and where its remedy stands."""
    said, _, anchor = alarm.description.partition(_OPERATIONS)
    remedy = f"{_OPERATIONS}{anchor.rstrip('. ')} says what to do; it ends by itself when mended."
    return Finding(ALARMS, alarm.name, State.BROKEN, said.strip() or alarm.name, remedy)


def _backup(store: Store, now: datetime, since: datetime | None) -> list[Finding]:
    if store.last_backup is None:
        young = since is not None and now - since < OLD_BACKUP
        said = "There is no backup yet." if young else "There is no backup."
        remedy = "" if young else "Look at the errors of the log_backup function."
        return [Finding(STORE, "Backup", State.WELL if young else State.BROKEN, said, remedy)]
    age = now - store.last_backup
    if age > OLD_BACKUP:
        said = f"The newest backup is {age_of(age)} old."
        remedy = "Look at the errors of the log_backup function, and at its schedule."
        return [Finding(STORE, "Backup", State.BROKEN, said, remedy)]
    return [Finding(STORE, "Backup", State.WELL, f"The newest backup is {age_of(age)} old.")]


def _messages(number: int) -> str:
    return "1 message is" if number == 1 else f"{number:,} messages are"


def _errors(number: int) -> str:
    return "1 error" if number == 1 else f"{number:,} errors"


def age_of(age: timedelta) -> str:
    """Say how old something is."""
    seconds = int(age.total_seconds())
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}"
    return f"{seconds} seconds"
