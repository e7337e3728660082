"""How often each rule credits the wrong person."""

import json
from typing import Any, Final

from infra.replay.lines import read_lines
from infra.replay.run import replay
from tests.simulator.history import VANITY_CODE, Habits, History
from usher.attribution.outcomes import Ambiguous, Attributed

HISTORIES: Final = 100
JOINS: Final = 40

WORLDS: Final = {
    "calm": Habits(burst=0.0),
    "bursts": Habits(burst=0.5),
    "bursts, late events and counts": Habits(burst=0.4, late_count=0.1, late_event=0.1),
    "single-use pools and revocations": Habits(burst=0.4, single_use=0.9, revoked=0.1),
    "everything at once": Habits(
        late_count=0.1,
        late_event=0.1,
        failed_look=0.05,
        duplicate=0.1,
        by_vanity=0.1,
        by_discovery=0.05,
        bots=0.05,
        single_use=0.4,
        revoked=0.05,
        expiring=0.2,
        burst=0.5,
    ),
}


def first_match(lines: list[dict[str, Any]]) -> dict[str, str | None]:
    """The usual rule: a join is given the first code whose count rose since the last list."""
    before: dict[str, int] = {}
    waiting: list[str] = []
    credit: dict[str, str | None] = {}
    for line in lines:
        data = line["data"]
        if line["type"] == "GUILD_MEMBER_ADD" and data["user"]["id"] not in credit:
            credit[data["user"]["id"]] = None
            waiting.append(data["user"]["id"])
        elif line["type"] == "INVITES":
            rows = data if isinstance(data, list) else []
            now = {row["code"]: row["uses"] for row in rows}
            for user in waiting:
                risen = (code for code, uses in now.items() if uses > before.get(code, 0))
                ended = (code for code in before if code not in now)
                credit[user] = next(risen, next(ended, None))
            waiting, before = [], now
    return credit


def measure() -> list[str]:
    """Share of joins that are certain, uncertain and wrong, for both rules."""
    rows = [f"{'world':34} {'certain':>8} {'open':>8} {'wrong':>8} {'first-match wrong':>18}"]
    for name, habits in WORLDS.items():
        certain = unsure = wrong = rival_wrong = joins = 0
        for seed in range(HISTORIES):
            history = History(seed, JOINS, 6, habits)
            lines = history.lines
            rival = first_match(lines)
            for verdict in replay(read_lines(json.dumps(line).encode() for line in lines)):
                truth, outcome = history.truth[verdict.user_id], verdict.outcome
                joins += 1
                if isinstance(outcome, Attributed):
                    certain += 1
                    owner = history.inviter.get(truth) if truth else None
                    wrong += outcome.inviter_id != owner or outcome.code not in (None, truth)
                unsure += isinstance(outcome, Ambiguous)
                guess = rival[verdict.user_id]
                rival_wrong += guess is not None and guess != truth and truth != VANITY_CODE
        rows.append(
            f"{name:34} {certain / joins:8.2%} {unsure / joins:8.2%} {wrong / joins:8.2%}"
            f" {rival_wrong / joins:18.2%}"
        )
    return rows
