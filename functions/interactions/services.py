"""What commands that are answered at once may call, and what suggests while one types.

Each adapter is imported when it is first asked for: a cold start pays for those of one command.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from usher.asking import SettingReads
from usher.platform.dynamo_reads import Caller, DynamoReads

if TYPE_CHECKING:
    from usher.attribution.code_choices import CodeChoices
    from usher.attribution.queries import InviteReads
    from usher.credit.queries import CreditReads
    from usher.hooks.ports import EndpointTable
    from usher.moderation.order import Rulebook
    from usher.moderation.ports import CaseBook
    from usher.onboarding.ports import Arrivals, Drafts, Orders, Sessions
    from usher.referrals.ports import ReferralTable
    from usher.rewards.queries import RewardReads
    from usher.staff.queries import StaffReads


@dataclass
class Services:
    """Over one table and one queue of effects."""

    reads: DynamoReads
    """Remembers settings for some seconds."""
    dynamodb: Caller
    table_name: str
    queues: Caller
    effects_url: str

    @cached_property
    def credit(self) -> CreditReads:
        """Counters and boards."""
        from usher.credit.reads import DynamoCreditReads

        return DynamoCreditReads(self.reads)

    @cached_property
    def invites(self) -> InviteReads:
        """Origins of members and codes."""
        from usher.attribution.reads import DynamoInviteReads

        return DynamoInviteReads(self.reads)

    @cached_property
    def codes(self) -> CodeChoices:
        """Codes to choose from."""
        from usher.attribution.code_choice_reads import DynamoCodeChoices

        return DynamoCodeChoices(self.reads)

    @cached_property
    def staff(self) -> StaffReads:
        """Staff members and their links."""
        from usher.staff.reads import DynamoStaffReads

        return DynamoStaffReads(self.reads)

    @cached_property
    def rewards(self) -> RewardReads:
        """Ranks and milestones."""
        from usher.rewards.reads import DynamoRewardReads

        return DynamoRewardReads(self.reads)

    @cached_property
    def referrals(self) -> ReferralTable:
        """Campaigns and links."""
        from usher.referrals.table import DynamoReferrals

        return DynamoReferrals(self.dynamodb, self.table_name)

    @cached_property
    def cases(self) -> CaseBook:
        """What is on record of members."""
        from usher.moderation.table import DynamoCases

        return DynamoCases(self.dynamodb, self.table_name)

    @cached_property
    def settings(self) -> SettingReads:
        """Settings of guilds."""
        from usher.invites.reads import DynamoSettingReads

        return DynamoSettingReads(self.reads)

    @cached_property
    def rulebook(self) -> Rulebook:
        """How a guild is moderated."""
        from usher.moderation.rulebook import Rules

        return Rules(self.settings)

    @cached_property
    def endpoints(self) -> EndpointTable:
        """Webhooks."""
        from usher.hooks.endpoint_table import DynamoEndpoints

        return DynamoEndpoints(self.dynamodb, self.table_name)

    @cached_property
    def onboardings(self) -> Sessions:
        """How far memberships are."""
        from usher.onboarding.table import DynamoSessions

        return DynamoSessions(self.dynamodb, self.table_name)

    @cached_property
    def drafts(self) -> Drafts:
        """Answers that are not complete yet."""
        from usher.onboarding.table import DynamoDrafts

        return DynamoDrafts(self.dynamodb, self.table_name)

    @cached_property
    def arrivals(self) -> Arrivals:
        """By which link members came."""
        from usher.funnel.table import DynamoJourneys

        return DynamoJourneys(self.dynamodb, self.table_name)

    @cached_property
    def orders(self) -> Orders:
        """Where effects are sent."""
        from usher.platform.sqs_sender import EffectSender

        return EffectSender(self.queues, self.effects_url)
