"""What `usher up --record` writes, `usher replay` reads to the same end."""

from pathlib import Path

import pytest

from infra.local.system import System
from infra.replay.lines import read_lines
from infra.replay.run import replay
from tests.e2e.town import watched
from tests.e2e.watching import joined, joins

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


async def test_a_recording_replays_to_what_the_ledger_says(tmp_path: Path) -> None:
    recording = tmp_path / "recording.jsonl"
    async with System(state=tmp_path / "state", record=recording) as system:
        town = await watched(system, 3)
        for n, code in enumerate(town.codes):
            system.practice.join(town.id, code, user=f"guest{n}")
            if n:
                await joined(system, town.id, n + 1)
        words = joins(await joined(system, town.id, len(town.codes)))

    with recording.open("rb") as lines:
        verdicts = [v.to_json() for v in replay(read_lines(lines)) if v.guild_id == town.id]

    assert len(verdicts) == len(words) == len(town.codes)
    for verdict in verdicts:
        word = words[str(verdict["user_id"])]
        assert verdict["outcome"] == word["outcome"]
        assert verdict["code"] == word["invite_code"]
        assert verdict["inviter_id"] == word["staff_id"]
