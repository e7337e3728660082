"""Which new invites are to be held against the policy. Pure."""

from datetime import timedelta
from hashlib import sha256
from typing import Final

from usher.contracts.effect import CheckInvite
from usher.contracts.observation import AuditEntry, InviteCreated, InviteRow, Observation
from usher.ids import ChannelId, GuildId, InviteCode
from usher.policy.rules import Policy, breaches_of_terms

INVITE_MADE: Final = 40
"""Discord's audit log event INVITE_CREATE."""
LATE: Final = timedelta(minutes=1)
"""An entry of the audit log that is older was read after an absence: the event went unseen."""


def invites_made(observation: Observation) -> tuple[InviteRow, ...]:
    """List the new invites of which an observation tells; live entries repeat the events."""
    found: list[InviteRow] = []
    for event in observation.events:
        match event:
            case InviteCreated(invite=row):
                found.append(row)
            case AuditEntry(action=action, invite=InviteRow() as row, at=at):
                if action == INVITE_MADE and observation.at - at > LATE:
                    found.append(row)
            case _:
                pass
    return tuple(found)


def checks(
    observation: Observation, policy: Policy, notice_channel_id: ChannelId | None
) -> tuple[CheckInvite, ...]:
    """Say which invites made in an observation are to be held against the policy.

    What depends on the maker (roles, permissions, their other invites) is found out when it is
    done: only Discord knows it.
    """
    if not policy:
        return ()
    orders: list[CheckInvite] = []
    for row in invites_made(observation):
        maker = row.inviter_id
        if maker is None:
            continue
        asks_maker = policy.role_id is not None or policy.most_active is not None
        if asks_maker or breaches_of_terms(policy, row.max_age, row.max_uses):
            orders.append(
                CheckInvite(
                    id=_effect_id(observation.guild_id, row.code),
                    guild_id=observation.guild_id,
                    code=row.code,
                    user_id=maker,
                    max_age=row.max_age,
                    max_uses=row.max_uses,
                    role_id=policy.role_id,
                    longest=policy.longest,
                    most_uses=policy.most_uses,
                    most_active=policy.most_active,
                    notice_channel_id=notice_channel_id,
                )
            )
    return tuple(orders)


def _effect_id(guild_id: GuildId, code: InviteCode) -> str:
    return sha256(f"policy|{guild_id}|{code}".encode()).hexdigest()[:25]
