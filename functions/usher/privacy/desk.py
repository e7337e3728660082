"""Reads what is kept of one person, and has it erased."""

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final

from usher.ids import GuildId, UserId
from usher.ledger.erasure import Erasure
from usher.ledger.erasures import Erasures, ask
from usher.ledger.names import ROW, is_answers, joined_of, names_prefix, read_names
from usher.ledger.patience import Patience
from usher.ledger.ports import Archive
from usher.ledger.reader import LedgerReader
from usher.onboarding.shelf import Answers
from usher.privacy.own_lines import is_about, own_part
from usher.privacy.queries import Kept, KeptName

NAMED: Final = ("username", "display_name", "discriminator")


@dataclass(frozen=True, slots=True)
class PrivacyDesk:
    """Implements Privacy. Methods may raise errors of the bucket."""

    objects: Archive
    reader: LedgerReader
    pool: Executor
    patience: Patience

    def kept(self, guild_id: GuildId, user_id: UserId, most: int) -> Kept:
        """Read what is kept beside the ledger: at most so many names."""
        erasures = Erasures(self.objects)
        erasure = erasures.find(guild_id, user_id)
        listed = self.objects.list(names_prefix(guild_id, user_id))
        entries = [entry for entry in listed if not is_answers(entry.key)]
        # Their own joins first: who invites much has thousands of names beside the joins of others.
        entries.sort(key=lambda entry: (entry.key.endswith(ROW), entry.modified), reverse=True)
        keys = [entry.key for entry in entries[:most]]
        contents = list(zip(keys, self.pool.map(self.objects.get, keys), strict=True))
        joins = {
            at
            for key, content in contents
            if key.endswith(ROW) and (at := joined_of(key, content)) is not None
        }
        return Kept(
            names=tuple(_names(contents, erasure)),
            unread=len(entries) - len(keys),
            joins=tuple(sorted(joins, reverse=True)),
            erasure=erasure,
            swept_at=None if erasure is None else erasures.swept(erasure),
            answers=Answers(self.objects, self.pool).records(guild_id, user_id),
        )

    def lines(self, guild_id: GuildId, user_id: UserId) -> list[dict[str, object]]:
        """Read the ledger's lines about somebody, oldest first; raises TooLongError."""
        deadline = self.patience.starts()
        found = [
            line for line in deadline.heed(self.reader.lines(guild_id)) if is_about(line, user_id)
        ]
        found.sort(key=lambda line: (line.timestamp, line.event_id))
        return [own_part(line, user_id) for line in found]

    def erase(self, erasure: Erasure) -> None:
        """Have somebody erased."""
        ask(self.objects, erasure)


def _names(
    contents: Iterable[tuple[str, bytes | None]], erasure: Erasure | None
) -> Iterable[KeptName]:
    """Read names, without those that are erased and not yet destroyed."""
    for key, content in contents:
        told, at = read_names(key, content), joined_of(key, content)
        erased = erasure is not None and erasure.covers(at)
        if not erased and any(told.get(name) for name in NAMED):
            username, display_name, discriminator = (told.get(name, "") for name in NAMED)
            yield KeptName(at, username, display_name, discriminator, not key.endswith(ROW))
