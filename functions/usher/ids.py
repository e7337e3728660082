"""Identifiers of Discord objects, never bare strings in our own signatures.

A snowflake is an unsigned 64-bit integer that Discord writes as a decimal string
(discord-api-docs, reference: Snowflakes).
"""

from typing import Final, NewType

GuildId = NewType("GuildId", str)
UserId = NewType("UserId", str)
ChannelId = NewType("ChannelId", str)
RoleId = NewType("RoleId", str)
InviteCode = NewType("InviteCode", str)

VANITY: Final = UserId("VANITY")
"""Stands in the inviter's field for joins through the guild's vanity code (SPEC 12)."""
