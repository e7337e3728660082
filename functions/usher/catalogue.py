"""Every slash command there is, named one by one: what is not here does not exist."""

from typing import Final

from usher.analytics.commands import stats, switch
from usher.attribution.backfill_commands import import_
from usher.attribution.commands import codes, inviter
from usher.attribution.sync_commands import repair, sync_member_invites
from usher.automod import catalogue as automod
from usher.channels import catalogue as channels
from usher.credit.admin_commands import add, reset
from usher.credit.commands import leaderboard, turn, view
from usher.credit.fake_commands import apply as apply_recount
from usher.credit.fake_commands import recount, tracking
from usher.credit.fake_commands import set_ as set_fake
from usher.credit.fake_commands import show as show_fake
from usher.doctor import catalogue as doctor
from usher.funnel import catalogue as funnel
from usher.greeting.farewell_commands import FAREWELL, farewell
from usher.greeting.welcome_commands import WELCOME, welcome
from usher.hooks import catalogue as hooks
from usher.invites.create_commands import create
from usher.invites.group import invite
from usher.invites.label_commands import label
from usher.invites.notice_commands import channel, joins, lead, off
from usher.invites.notice_commands import show as show_notices
from usher.invites.revoke_commands import revoke, revoke_now
from usher.ledger.commands import export_invite_logs
from usher.ledger.log_commands import turn as turn_log
from usher.ledger.log_commands import view_invite_logs
from usher.ledger.lookup_commands import assign, lookup_user_invite
from usher.moderation import catalogue as moderation
from usher.onboarding.catalogue import ACTIONS as ONBOARDING_ACTIONS
from usher.onboarding.catalogue import COMMANDS as ONBOARDING
from usher.onboarding.catalogue import EVERY as EVERY_ONBOARDING
from usher.policy.block_commands import block, blocked, revoke_all, turn_blocked, unblock
from usher.policy.commands import clear, set_, show
from usher.privacy.commands import delete, erase, export, keep, privacy
from usher.privacy.commands import view as view_own
from usher.referrals.bulk_commands import export as export_links
from usher.referrals.bulk_commands import import_ as import_links
from usher.referrals.campaign_commands import campaign, turn_campaigns
from usher.referrals.campaign_commands import create as create_campaign
from usher.referrals.campaign_commands import list_ as list_campaigns
from usher.referrals.campaign_commands import pause as pause_campaign
from usher.referrals.campaign_commands import resume as resume_campaign
from usher.referrals.campaign_commands import show as show_campaign
from usher.referrals.campaign_edit_commands import edit as edit_campaign
from usher.referrals.key_commands import apikey
from usher.referrals.key_commands import create as create_key
from usher.referrals.key_commands import list_ as list_keys
from usher.referrals.key_commands import revoke as revoke_key
from usher.referrals.link_commands import create as create_link
from usher.referrals.link_commands import pause as pause_link
from usher.referrals.link_commands import referral
from usher.referrals.link_commands import resume as resume_link
from usher.referrals.link_list_commands import list_ as list_links
from usher.referrals.link_list_commands import show as show_link
from usher.referrals.link_list_commands import turn_links
from usher.referrals.link_mode_commands import mode_ as mode_link
from usher.rewards.commands import add_rank, ranks, remove_rank, trust
from usher.rewards.milestone_commands import (
    achievements,
    channel_,
    message_,
    numbers_,
    preview,
    standard_message,
    switch_off,
)
from usher.rewards.panel_commands import forget, retry, rewards, switch_on
from usher.slash.router import Router
from usher.staff.commands import clear_role, list_, remove, role, staff
from usher.staff.commands import set_ as set_staff
from usher.staff.commands import turn as turn_staff
from usher.staff.report_commands import report, turn_report

LOGS: Final = (lookup_user_invite, view_invite_logs, export_invite_logs, sync_member_invites)

COMMANDS: Final = (
    invite,
    *LOGS,
    *(staff, welcome, farewell, campaign, apikey, referral, privacy),
    *moderation.COMMANDS,
    *hooks.COMMANDS,
    *channels.COMMANDS,
    *automod.COMMANDS,
    *doctor.COMMANDS,
    *ONBOARDING,
)
"""What is registered with Discord, in this order."""

EVERY: Final = (
    *(view, inviter, codes, leaderboard, stats, import_, add, reset, tracking),
    *(show_fake, set_fake, recount),
    *(label, create, revoke, block, unblock, blocked),
    *(show, set_, clear, channel, joins, lead, off, show_notices),
    *(ranks, add_rank, remove_rank, rewards, achievements),
    *(channel_, message_, numbers_, preview),
    *LOGS,
    *(set_staff, remove, list_, role, report),
    *(view_own, export, delete),
    *WELCOME,
    *FAREWELL,
    *(create_campaign, list_campaigns, show_campaign, edit_campaign),
    *(pause_campaign, resume_campaign),
    *(create_link, list_links, show_link, pause_link, resume_link, mode_link),
    *(import_links, export_links),
    *(create_key, list_keys, revoke_key),
    *funnel.EVERY,
    *moderation.EVERY,
    *channels.COMMANDS,
    *automod.EVERY,
    *hooks.EVERY,
    *doctor.COMMANDS,
    *EVERY_ONBOARDING,
)
"""What a member can run: the members of the groups too. A test holds the two together."""

REWARDS: Final = (trust, switch_on, retry, forget, switch_off, standard_message)

ACTIONS: Final = (
    *(turn, switch, assign, turn_log, repair, turn_staff, clear_role, turn_report),
    *(revoke_now, revoke_all, turn_blocked),
    *(turn_campaigns, turn_links),
    *funnel.ACTIONS,
    *(*REWARDS, apply_recount, erase, keep),
    *moderation.ACTIONS,
    *channels.ACTIONS,
    *automod.ACTIONS,
    *hooks.ACTIONS,
    *doctor.ACTIONS,
    *ONBOARDING_ACTIONS,
)
"""What buttons, selects and forms do."""

MENUS: Final = (*moderation.MENUS,)
"""Entries of the menus on members and messages."""

ROUTER: Final = Router(COMMANDS, ACTIONS, MENUS)
"""Shared by the doors and the command line; building it raises on duplicates."""
