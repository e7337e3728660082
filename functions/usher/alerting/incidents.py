"""From an alarm's changes to its incidents. Pure.

Changes come doubled and in any order (SNS promises neither once nor in order); the incidents are a
function of the set of changes, so that neither matters.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from usher.alerting.model import Change, Incident, State, Turn, Watch

FLAPPING: Final = timedelta(minutes=15)
"""An alarm that rings again within it goes on with the same incident."""
LONGEST: Final = timedelta(hours=6)
"""An incident that flaps for longer is followed by a new one: an edited message is seen by few."""
KEPT: Final = timedelta(hours=6)
"""How long changes are remembered after an incident's end."""


def taken(watch: Watch, change: Change) -> Watch:
    """Take a change in; the same watch where it was known or is forgotten."""
    turn = change.turn
    if turn in watch.turns or (watch.forgotten is not None and turn.at <= watch.forgotten):
        return watch
    rang = [one.at for one in watch.turns if one.state is State.ALARM]
    # What was measured when it rang is worth more than what was measured when it had ended.
    newest = turn.state is State.ALARM and turn.at >= max(rang, default=turn.at)
    facts = change.facts if newest or not rang else watch.facts
    return replace(watch, turns=(*watch.turns, turn), facts=facts)


def incidents(turns: Iterable[Turn]) -> tuple[Incident, ...]:
    """Put changes together to incidents, oldest first."""
    found: list[Incident] = []
    for turn in _in_order(turns):
        last = found[-1] if found else None
        match turn.state:
            case State.ALARM:
                if last is None or not _goes_on(last, turn.at):
                    found.append(Incident(turn.at))
                elif last.ended is not None:
                    found[-1] = replace(last, ended=None, times=last.times + 1, silent=False)
                else:
                    found[-1] = replace(last, silent=False)
            case State.OK if last is not None and last.ended is None:
                found[-1] = replace(last, ended=turn.at, silent=False)
            case State.OK if turn.before is State.ALARM:
                # Its beginning is still on the way, or was never told.
                if last is not None and _goes_on(last, turn.at):
                    found[-1] = replace(last, ended=turn.at, times=last.times + 1)
                else:
                    found.append(Incident(turn.at, turn.at, known=False))
            case State.NO_DATA if last is not None and last.ended is None:
                found[-1] = replace(last, silent=True)
    return tuple(found)


def pruned(watch: Watch, now: datetime) -> Watch:
    """Forget what ended long ago."""
    ends = [one.ended for one in incidents(watch.turns)]
    old = [end for end in ends if end is not None and now - end > KEPT]
    limit = max(old, default=None)
    latest = max((turn.at for turn in watch.turns), default=now)
    if not ends and now - latest > KEPT:
        limit = latest  # turns of no incident: an alarm that was made, and is well
    if limit is None:
        return watch
    kept = tuple(turn for turn in watch.turns if turn.at > limit)
    return replace(watch, turns=kept, forgotten=max(limit, watch.forgotten or limit))


def _goes_on(last: Incident, at: datetime) -> bool:
    if last.ended is None:
        return True
    return at - last.ended < FLAPPING and at - last.began < LONGEST


def _in_order(turns: Iterable[Turn]) -> Iterator[Turn]:
    """Sort by time; of one moment that first which follows from the state before."""
    state: State | None = None
    for _, same in groupby(sorted(turns), key=lambda one: one.at):
        left = list(same)
        while left:
            turn = next((one for one in left if one.before is state), left[0])
            left.remove(turn)
            state = turn.state
            yield turn
