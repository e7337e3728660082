"""Routes that Discord's description leaves out, described likewise.

members-search is undocumented: its shapes are those of the unofficial Discord Userdoccers, the
body of its 202 is the documented one of message search. The routes of single target users and the
token endpoint are in Discord's reference ("Invite", "OAuth2") but not in the description.
"""

from typing import Any, Final


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_REFUSALS: Final = {
    "429": _ref("responses", "ClientRatelimitedResponse"),
    "4XX": _ref("responses", "ClientErrorResponse"),
}
_SNOWFLAKE: Final = _ref("schemas", "SnowflakeType")
_NOTHING: Final = {"responses": {"204": {}, **_REFUSALS}}
_FOUND: Final = _closed(
    {
        "member": _ref("schemas", "GuildMemberResponse"),
        "source_invite_code": {"type": ["string", "null"]},
        "join_source_type": {"enum": [0, 1, 2, 3, 4, 5, 6, 7, 8]},
        "inviter_id": {"oneOf": [{"type": "null"}, _SNOWFLAKE]},
        "join_source_application_id": {"oneOf": [{"type": "null"}, _SNOWFLAKE]},
        "join_source_channel_id": {"oneOf": [{"type": "null"}, _SNOWFLAKE]},
    }
)
_RESULT: Final = _closed(
    {
        "guild_id": _SNOWFLAKE,
        "members": {"type": "array", "items": _FOUND, "maxItems": 1_000},
        "page_result_count": {"type": "integer", "minimum": 0, "maximum": 1_000},
        "total_result_count": {"type": "integer", "minimum": 0},
    }
)
_NOT_READY: Final = _closed(
    {
        "message": {"const": "Index not yet available. Try again later"},
        "code": {"const": 110_000},
        "documents_indexed": {"type": "integer", "minimum": 0},
        "retry_after": {"type": "integer", "minimum": 0},
    }
)

_TOKEN: Final = _closed(
    {
        "access_token": {"type": "string"},
        "token_type": {"const": "Bearer"},
        "expires_in": {"const": 604_800},
        "refresh_token": {"type": "string"},
        "scope": {"type": "string"},
    }
)
# RFC 6749, 5.2
_OAUTH_ERROR: Final = _closed(
    {"error": {"type": "string"}, "error_description": {"type": "string"}}
)

PATHS: Final[dict[str, Any]] = {
    "/guilds/{guild_id}/members-search": {
        "post": {"responses": {"200": _json(_RESULT), "202": _json(_NOT_READY), **_REFUSALS}}
    },
    "/oauth2/token": {"post": {"responses": {"200": _json(_TOKEN), "4XX": _json(_OAUTH_ERROR)}}},
    "/invites/{code}/target-users/{user_id}": {"put": _NOTHING, "delete": _NOTHING},
    "/invites/{code}/target-users/bulk-add": {"post": _NOTHING},
    "/invites/{code}/target-users/bulk-delete": {"post": _NOTHING},
}
