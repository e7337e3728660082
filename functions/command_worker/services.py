"""What any command may call."""

from dataclasses import dataclass

from usher.analytics.queries import AnalyticsReads, Charts
from usher.asking import Deeds, SettingReads
from usher.attribution.backfill_commands import Imports
from usher.attribution.code_choices import CodeChoices
from usher.attribution.code_records import CodeRecords
from usher.attribution.queries import InviteReads
from usher.attribution.sync_ports import Syncs
from usher.automod.asking import Windows
from usher.automod.rule_desk import RuleDesk
from usher.channels.ports import Tools
from usher.credit.fake_queries import FakeRules
from usher.credit.queries import CreditReads
from usher.doctor.commands import Doctors
from usher.funnel.desk import FunnelDesk
from usher.greeting.drafts import Drafts
from usher.hooks.managing import WebhookDesk
from usher.hooks.ports import EndpointTable
from usher.invites.ports import InviteDesk
from usher.ledger.commands import LedgerExports
from usher.ledger.log_pages import JoinLogs
from usher.ledger.lookup_found import Lookups
from usher.moderation.asking import Court
from usher.moderation.order import Rulebook
from usher.moderation.ports import CaseBook, Files
from usher.onboarding.ports import AnswerShelf, Arrivals, Orders, Sessions
from usher.onboarding.ports import Drafts as OnboardingDrafts
from usher.privacy.queries import Privacy
from usher.referrals.bulk_commands import LinkFiles
from usher.referrals.key_making import ApiKeys
from usher.referrals.ports import KeptHooks, ReferralTable
from usher.rewards.queries import Halls, RewardReads
from usher.slash.attached import Attached
from usher.staff.queries import StaffReads
from usher.staff.report_found import Reports


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that commands ask for, each by its Protocol."""

    credit: CreditReads
    deeds: Deeds
    invites: InviteReads
    exports: LedgerExports
    staff: StaffReads
    reports: Reports
    log: JoinLogs
    lookups: Lookups
    syncs: Syncs
    imports: Imports
    privacy: Privacy
    codes: CodeChoices
    records: CodeRecords
    settings: SettingReads
    desk: InviteDesk
    rewards: RewardReads
    halls: Halls
    analytics: AnalyticsReads
    charts: Charts
    fakes: FakeRules
    greetings: Drafts
    referrals: ReferralTable
    keys: ApiKeys
    funnel: FunnelDesk
    channels: Tools
    rules: RuleDesk
    windows: Windows
    link_files: LinkFiles
    attached: Attached
    hooks: KeptHooks
    endpoints: EndpointTable
    webhooks: WebhookDesk
    onboardings: Sessions
    drafts: OnboardingDrafts
    arrivals: Arrivals
    orders: Orders
    answers: AnswerShelf
    referral_url: str
    cases: CaseBook
    rulebook: Rulebook
    court: Court
    evidence: Files
    doctor: Doctors
    sign_in: bool
