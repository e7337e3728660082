"""POST members-search: how members came, by Discord's own record. It is undocumented."""

from infra.practice.entities import JoinSource
from infra.practice.intents import Intents
from infra.practice.json_types import JsonObject
from infra.practice.member_index import Entry, indexed, search
from infra.practice.member_query import read_query
from infra.practice.payloads.people import member_json
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.routing import Answer, Routes

INDEX_NOT_READY = 110_000
routes = Routes()


@routes.add("POST", "/guilds/{guild_id}/members-search")
async def search_members(call: Call) -> Answer:
    """Search the member index: 202 while there is none yet.

    Needs Manage Server (50013) and the privileged GUILD_MEMBERS intent (50001). The source is
    that of `infra.practice.member_index`; the body of the 202 is the one that Discord documents
    for message search.
    """
    guild = call.guild()
    call.require(guild, Permission.MANAGE_GUILD)
    call.require_intent(Intents.GUILD_MEMBERS)
    query = read_query(await call.fields())
    lags = call.core.faults.lags
    if lags.index_fault.times:
        lags.index_fault.times -= 1
        return Answer(_not_ready(lags.index_fault.retry_after), status=202)
    page, total = search(indexed(call.world, guild, lags.index), query)
    return Answer(
        {
            "guild_id": guild.id,
            "members": [_entry_json(entry) for entry in page],
            "page_result_count": len(page),
            "total_result_count": total,
        }
    )


def _not_ready(retry_after: int) -> JsonObject:
    return {
        "message": "Index not yet available. Try again later",
        "code": INDEX_NOT_READY,
        "documents_indexed": 0,
        "retry_after": retry_after,
    }


def _entry_json(entry: Entry) -> JsonObject:
    member = entry.member
    return {
        "member": member_json(member, entry.user),
        "source_invite_code": member.source_invite_code,
        "join_source_type": JoinSource(member.source).value,
        "inviter_id": member.source_inviter_id,
        "join_source_application_id": None,
        "join_source_channel_id": None,
    }
