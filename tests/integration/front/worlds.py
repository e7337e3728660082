"""Rows as the stores of the event worker write them, and the same rows in fakes."""

from datetime import UTC, datetime
from typing import Protocol

from tests.builders import changed, observe
from tests.integration.front.conftest import TABLE, Cloud
from tests.unit.slash.fakes import FakeCredit, FakeInvites
from usher.attribution.deeds import record_deeds
from usher.attribution.guild_settings import put_setting
from usher.attribution.model import CodeState, CodeStatus
from usher.attribution.queries import CodeSummary, InviteReads, MemberOrigin
from usher.attribution.reads import DynamoInviteReads
from usher.attribution.rows import put_code
from usher.attribution.wording import Word
from usher.credit.queries import TRACKING, CreditReads, Period, Tally
from usher.credit.reads import DynamoCreditReads, board_name
from usher.credit.rules import Counter, MemberRecord
from usher.credit.store import add_counter, put_member
from usher.ids import GuildId, UserId
from usher.platform.dynamo import Actions, Transactor, bind
from usher.platform.dynamo_reads import DynamoReads

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class World(Protocol):
    """A place with rows in it, and the reads of it."""

    @property
    def credit(self) -> CreditReads: ...
    @property
    def invites(self) -> InviteReads: ...
    def tally(self, guild: GuildId, period: Period, user: str, tally: Tally) -> None: ...
    def tracking(self, guild: GuildId, value: str | None) -> None: ...
    def origin(self, guild: GuildId, origin: MemberOrigin) -> None: ...
    def code(
        self,
        guild: GuildId,
        inviter: UserId,
        code: CodeSummary,
        status: CodeStatus = CodeStatus.ACTIVE,
    ) -> None: ...


class FakeWorld:
    """Rows in dictionaries."""

    def __init__(self) -> None:
        self.credit = FakeCredit()
        self.invites = FakeInvites()

    def tally(self, guild: GuildId, period: Period, user: str, tally: Tally) -> None:
        self.credit.put(guild, period, user, tally)

    def tracking(self, guild: GuildId, value: str | None) -> None:
        self.credit.settings = {} if value is None else {(guild, TRACKING): value}

    def origin(self, guild: GuildId, origin: MemberOrigin) -> None:
        self.invites.origins[guild, origin.user_id] = origin
        if origin.left_at is not None:
            self.credit.gone.add(origin.user_id)

    def code(
        self,
        guild: GuildId,
        inviter: UserId,
        code: CodeSummary,
        status: CodeStatus = CodeStatus.ACTIVE,
    ) -> None:
        if status is CodeStatus.ACTIVE:
            known = self.invites.codes.get((guild, inviter), ())
            self.invites.codes[guild, inviter] = (*known, code)


class TableWorld:
    """Rows in DynamoDB, written by the stores of the event worker."""

    def __init__(self, cloud: Cloud) -> None:
        self._transactor = Transactor(bind(TABLE, "us-east-1"))
        reads = DynamoReads(cloud.dynamodb, TABLE)
        self.credit = DynamoCreditReads(reads)
        self.invites = DynamoInviteReads(reads)

    def tally(self, guild: GuildId, period: Period, user: str, tally: Tally) -> None:
        name = board_name(guild, period, NOW).split("#board#")[1]
        actions = Actions()
        add_counter(actions, guild, Counter(UserId(user), name, NOW), tally)
        self._transactor.run(actions)

    def tracking(self, guild: GuildId, value: str | None) -> None:
        [line] = record_deeds(observe(changed(TRACKING, value, "t"), guild=guild), {})
        actions = Actions()
        put_setting(actions, guild, TRACKING, line)
        self._transactor.run(actions)

    def origin(self, guild: GuildId, origin: MemberOrigin) -> None:
        word = Word(
            outcome=origin.outcome,
            kind=origin.kind,
            code=origin.code,
            inviter_id=origin.inviter_id,
            confidence=origin.confidence,
            method=origin.method,
            candidates=origin.candidates,
            reason=origin.reason,
        )
        assert origin.joined_at is not None
        actions = Actions()
        record = MemberRecord(
            origin.joined_at,
            origin.left_at,
            word,
            cause=origin.cause,
            removed_by=origin.removed_by,
            verdict=origin.verdict,
            untracked=origin.untracked,
        )
        put_member(actions, guild, origin.user_id, record)
        self._transactor.run(actions)

    def code(
        self,
        guild: GuildId,
        inviter: UserId,
        code: CodeSummary,
        status: CodeStatus = CodeStatus.ACTIVE,
    ) -> None:
        state = CodeState(
            code=code.code,
            inviter_id=inviter,
            channel_id=code.channel_id,
            uses=code.uses,
            max_uses=code.max_uses,
            max_age=0,
            temporary=False,
            created_at=None,
            expires_at=code.expires_at,
            status=status,
            joins=code.joins,
        )
        actions = Actions()
        put_code(actions, guild, 1, state, None)
        self._transactor.run(actions)
