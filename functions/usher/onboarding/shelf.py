"""Answers in the bucket, beside people's names, so that erasing somebody reaches them (SPEC 4.7).

`names/guild=…/user=…/onboarding-<id>.json`: one object a membership.
"""

import json
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final

from usher.ids import GuildId, UserId
from usher.ledger.erasures import Erasures
from usher.ledger.keeping import keep
from usher.ledger.names import answers_prefix
from usher.ledger.ports import Objects
from usher.onboarding.csv_file import csv_file
from usher.onboarding.model import Answered, Record, Session, Stay
from usher.onboarding.rules import name_of
from usher.referrals.model import CampaignId, Question
from usher.times import format_time, parse_time

MOST: Final = 100
"""Memberships of one person that are read."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Implements AnswerShelf. Methods may raise ErasureError and errors of the bucket."""

    objects: Objects
    pool: Executor

    def keep(self, record: Record) -> None:
        """Keep what a member has answered, unless they were erased; the first time stands."""
        keep(self.objects, key_of(record.stay), write_record(record))

    def records(self, guild_id: GuildId, user_id: UserId) -> tuple[Record, ...]:
        """Read what a member has answered, newest first, without what was erased."""
        listed = self.objects.list(answers_prefix(guild_id, user_id))
        entries = sorted(listed, key=lambda entry: entry.modified, reverse=True)[:MOST]
        contents = [self.objects.get(entry.key) for entry in entries]
        found = [read_record(one) for one in contents if one is not None]
        found.sort(key=lambda record: record.completed_at, reverse=True)
        return tuple(one for one in found if not self._erased(one.stay))

    def find(self, stay: Stay) -> Record | None:
        """Read what was answered in one membership; None where it was erased, or nothing was."""
        content = self.objects.get(key_of(stay))
        return None if content is None or self._erased(stay) else read_record(content)

    def export(self, questions: Sequence[Question], sessions: Sequence[Session]) -> bytes:
        """Write what was answered as a CSV file: a membership a row, a question a column."""
        found = self.pool.map(self.find, (one.stay for one in sessions))
        return csv_file(questions, list(zip(sessions, found, strict=True)))

    def _erased(self, stay: Stay) -> bool:
        erasure = Erasures(self.objects).find(stay.guild_id, stay.user_id)
        return erasure is not None and erasure.covers(stay.joined_at)


def key_of(stay: Stay) -> str:
    """Say where the answers of a membership are kept."""
    prefix = answers_prefix(stay.guild_id, stay.user_id)
    return f"{prefix}{name_of('answers', stay)}.json"


def write_record(record: Record) -> bytes:
    """Write it as one JSON object; `joined_at` tells an erasure to which join it belongs."""
    fields = {
        "v": 1,
        "guild_id": record.stay.guild_id,
        "user_id": record.stay.user_id,
        "joined_at": format_time(record.stay.joined_at),
        "campaign_id": record.campaign_id,
        "campaign": record.campaign,
        "completed_at": format_time(record.completed_at),
        "answers": [
            {"question_id": one.question_id, "label": one.label, "values": one.values}
            for one in record.answers
        ],
    }
    return json.dumps(fields).encode() + b"\n"


def read_record(content: bytes) -> Record:
    """Read what `write_record` wrote."""
    fields = json.loads(content)
    stay = Stay(
        GuildId(fields["guild_id"]), UserId(fields["user_id"]), parse_time(fields["joined_at"])
    )
    return Record(
        stay,
        CampaignId(fields["campaign_id"]),
        fields["campaign"],
        parse_time(fields["completed_at"]),
        tuple(
            Answered(one["question_id"], one["label"], tuple(one["values"]))
            for one in fields["answers"]
        ),
    )
