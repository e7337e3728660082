"""Write discord_schema.json: of Discord's API description only what the contract tests use.

usage: python tests/contract/trim.py path/to/openapi.json
(github discord/discord-api-spec, MIT licence)
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

TRIMMED: Final = Path(__file__).with_name("discord_schema.json")

COMPONENTS: Final = (
    "ApplicationCommandAutocompleteCallbackRequest",
    "ApplicationCommandUpdateRequest",
    "ApplicationFormPartial",
    "CreateMessageInteractionCallbackRequest",
    "IncomingWebhookUpdateRequestPartial",
    "ModalInteractionCallbackRequest",
    "PongInteractionCallbackRequest",
    "UpdateMessageInteractionCallbackRequest",
)
ROUTES: Final = (
    ("get", "/applications/{application_id}/commands"),
    ("put", "/applications/{application_id}/commands"),
    ("get", "/applications/{application_id}/guilds/{guild_id}/commands"),
    ("put", "/applications/{application_id}/guilds/{guild_id}/commands"),
    ("patch", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
)
_PROSE: Final = frozenset({"description", "title"})


def trim(document: dict[str, Any]) -> dict[str, Any]:
    """Keep the components that the tests name, what those refer to, and the routes."""
    everything = document["components"]["schemas"]
    kept: dict[str, Any] = {}
    waiting = list(COMPONENTS)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = _schema(everything[name])
            waiting.extend(_references(kept[name]))
    paths: dict[str, Any] = {}
    for method, path in ROUTES:
        body = document["paths"][path][method].get("requestBody", {}).get("content", {})
        paths.setdefault(path, {})[method] = {
            kind: _schema(content["schema"])
            for kind, content in body.items()
            if kind in ("application/json", "multipart/form-data")
        }
    return {"components": {"schemas": dict(sorted(kept.items()))}, "paths": paths}


def _schema(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Drop prose, but not properties that happen to be called so."""
    if isinstance(value, list):
        return [_schema(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {name: _schema(one) for name, one in inner.items()}
        if key == "properties"
        else _schema(inner)
        for key, inner in value.items()
        if key == "properties" or not (key in _PROSE and isinstance(inner, str))
    }


def _references(value: Any) -> list[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        own = [value["$ref"].rpartition("/")[2]] if isinstance(value.get("$ref"), str) else []
        return own + [name for one in value.values() for name in _references(one)]
    if isinstance(value, list):
        return [name for one in value for name in _references(one)]
    return []


if __name__ == "__main__":
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    TRIMMED.write_text(json.dumps(trim(source), separators=(",", ":")) + "\n", encoding="utf-8")
