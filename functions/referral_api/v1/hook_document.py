"""The `webhooks` section of the OpenAPI document: what is sent, and how it is signed."""

from typing import Any, Final

from usher.contracts.hook_event import HookType
from usher.funnel.model import SignalKind

_TEXT: Final = {"type": "string"}
_ID: Final = {"type": "string", "pattern": "^[0-9]{1,20}$"}
_FLAG: Final = {"type": "boolean"}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_COUNT: Final = {"type": "integer", "minimum": 1}


def _maybe(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_WORD: Final = {
    "outcome": _maybe({"enum": ["attributed", "ambiguous", "unattributed"]}),
    "kind": _maybe(_TEXT),
    "code": _maybe(_TEXT),
    "inviter_id": _maybe(_ID),
    "confidence": _maybe(_TEXT),
    "method": _maybe(_TEXT),
}
_MEMBERSHIP: Final = {
    "guild_id": _ID,
    "user_id": _maybe(_ID),
    "joined_at": _maybe(_MOMENT),
    "ledger_event_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}
_CREDIT: Final = {
    **_MEMBERSHIP,
    "inviter_id": _ID,
    "amount": _COUNT,
    "reason": {
        "enum": [
            "join",
            "attribution_revised",
            "left",
            "unpaired_use",
            "granted_by_admin",
            "fake_verdict",
        ]
    },
}
_FROM_A_LINK: Final = {"code": _maybe(_TEXT), "campaign_id": _maybe(_TEXT)}

FIELDS: Final[dict[HookType, tuple[str, dict[str, Any]]]] = {
    HookType.LINK_CREATED: (
        "A referral link was made",
        {
            "guild_id": _ID,
            "code": _TEXT,
            "campaign_id": _TEXT,
            "owner_id": _ID,
            "mode": _TEXT,
            "active": _FLAG,
            "expires_at": _maybe(_MOMENT),
        },
    ),
    HookType.CLICK_RECORDED: (
        "Somebody opened a link; bots and repeats are told too, and not counted",
        {
            "guild_id": _ID,
            "click_id": _TEXT,
            "code": _TEXT,
            "campaign_id": _TEXT,
            "kind": {"enum": ["human", "bot", "repeat"]},
            "counted": _FLAG,
            "visitor": _maybe(_TEXT),
            "variant": _maybe(_TEXT),
            "device": _maybe(_TEXT),
            "country": _maybe(_TEXT),
        },
    ),
    HookType.JOIN_RECORDED: (
        "Somebody joined",
        {
            **_MEMBERSHIP,
            **_WORD,
            "returned": _FLAG,
            "recovered": _FLAG,
            "fake": _FLAG,
            "untracked": _FLAG,
        },
    ),
    HookType.JOIN_ATTRIBUTED: (
        "It is known by which invite, and whose, a member came",
        {**_MEMBERSHIP, **_WORD},
    ),
    HookType.ATTRIBUTION_REVISED: (
        "What was said of a join is corrected",
        {
            **_MEMBERSHIP,
            **_WORD,
            "previous": {
                "type": "object",
                "properties": _WORD,
                "required": sorted(_WORD),
                "additionalProperties": False,
            },
        },
    ),
    HookType.MEMBER_QUALIFIED: (
        "A member has met what the server asks of a referral",
        {
            "guild_id": _ID,
            "user_id": _ID,
            "joined_at": _MOMENT,
            "inviter_id": _maybe(_ID),
            **_FROM_A_LINK,
        },
    ),
    HookType.CONVERSION_RECORDED: (
        "A member did what the campaign is for",
        {
            "guild_id": _ID,
            "conversion_id": _TEXT,
            "user_id": _ID,
            **_FROM_A_LINK,
            "value": {"type": "string", "description": "A decimal number."},
            "metadata": {"type": "object"},
        },
    ),
    HookType.CONVERSION_WITHDRAWN: (
        "A conversion that was told does not count after all: something speaks against it, and it "
        "waits for a review. Once approved it is told again",
        {
            "guild_id": _ID,
            "conversion_id": _TEXT,
            "user_id": _ID,
            "value": {"type": "string", "description": "A decimal number."},
            "signals": {"type": "array", "items": {"enum": [one.value for one in SignalKind]}},
        },
    ),
    HookType.CREDIT_GRANTED: ("An inviter's effective invites went up", _CREDIT),
    HookType.CREDIT_REVERSED: ("An inviter's effective invites went down", _CREDIT),
    HookType.MEMBER_LEFT: (
        "Somebody left, or was removed",
        {
            **_MEMBERSHIP,
            **_WORD,
            "left_at": _MOMENT,
            "cause": _maybe({"enum": ["unknown", "left", "pruned", "kicked", "banned"]}),
            "removed_by": _maybe(_ID),
        },
    ),
    HookType.TEST: (
        "A test that somebody asked for",
        {"guild_id": _ID, "webhook_id": _TEXT},
    ),
}
_HEADERS: Final = {
    "webhook-id": "Names the event: the same whenever it is sent again",
    "webhook-timestamp": "Seconds since 1970 at which this try was signed",
    "webhook-signature": (
        "`v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body`; several, parted by "
        "spaces, while a secret is being replaced"
    ),
}
_ANSWERS: Final = {
    "2XX": {"description": "Taken"},
    "410": {"description": "Nothing more is to be sent here: the webhook is switched off"},
    "default": {"description": "Not taken: it is sent again, ten times within three days"},
}


def payload_schema(kind: HookType) -> dict[str, Any]:
    """Write the schema of what is sent of an event."""
    _, fields = FIELDS[kind]
    return {
        "type": "object",
        "properties": {
            "type": {"const": kind.value},
            "timestamp": _MOMENT,
            "data": {"type": "object", "properties": fields, "required": sorted(fields)},
        },
        "required": ["type", "timestamp", "data"],
    }


def webhooks_section() -> dict[str, Any]:
    """Write the section."""
    parameters = [
        {"name": name, "in": "header", "required": True, "description": told, "schema": _TEXT}
        for name, told in _HEADERS.items()
    ]
    return {
        kind.value: {
            "post": {
                "summary": told,
                "operationId": kind.value.replace(".", "_"),
                "tags": ["Events"],
                "parameters": parameters,
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": payload_schema(kind)}},
                },
                "responses": _ANSWERS,
            }
        }
        for kind, (told, _) in FIELDS.items()
    }
