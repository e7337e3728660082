"""Embeds: Discord's limits, and the form in which it gives them back.

Source: Discord API reference, "Message", section Embed Limits.
"""

from datetime import datetime

from infra.practice.errors import FormErrors
from infra.practice.json_types import Json, JsonObject, as_list, as_object, as_objects
from infra.practice.moments import stamp

EMBEDS_PER_MESSAGE = 10
FIELDS_PER_EMBED = 25
TOTAL_CHARACTERS = 6_000
_LIMITS = (("title", 256), ("description", 4_096))
_MEDIA = ("image", "thumbnail")


def read_embeds(value: Json, errors: FormErrors, at: str = "embeds") -> list[JsonObject]:
    """Check a message's embeds and return them as Discord would show them."""
    items = as_list(value)
    if len(items) > EMBEDS_PER_MESSAGE:
        errors.add(at, "BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS_PER_MESSAGE} or fewer in length.")
    total = 0
    embeds: list[JsonObject] = []
    for index, item in enumerate(items):
        raw = as_object(item)
        _check(raw, errors, f"{at}.{index}")
        total += _characters(raw)
        embeds.append(_shown(raw))
    if total > TOTAL_CHARACTERS:
        errors.add(
            at,
            "MAX_EMBED_SIZE_EXCEEDED",
            f"Embed size exceeds maximum size of {TOTAL_CHARACTERS}",
        )
    return embeds


def _check(raw: JsonObject, errors: FormErrors, at: str) -> None:
    if not any(value not in (None, "", []) for key, value in raw.items() if key != "type"):
        errors.required(f"{at}.description")
    for name, limit in _LIMITS:
        _check_length(raw.get(name), limit, errors, f"{at}.{name}")
    _check_length(as_object(raw.get("footer")).get("text"), 2_048, errors, f"{at}.footer.text")
    _check_length(as_object(raw.get("author")).get("name"), 256, errors, f"{at}.author.name")
    color = raw.get("color")
    if isinstance(color, int) and not 0 <= color <= 0xFFFFFF:
        errors.add(
            f"{at}.color",
            "NUMBER_TYPE_MAX",
            "int value should be less than or equal to 16777215.",
        )
    _check_urls(raw, errors, at)
    _check_moment(raw.get("timestamp"), errors, f"{at}.timestamp")
    fields = as_list(raw.get("fields"))
    if len(fields) > FIELDS_PER_EMBED:
        errors.too_long(f"{at}.fields", FIELDS_PER_EMBED)
    for index, item in enumerate(fields):
        body = as_object(item)
        for name, limit in (("name", 256), ("value", 1_024)):
            if not str(body.get(name) or "").strip():
                errors.required(f"{at}.fields.{index}.{name}")
            _check_length(body.get(name), limit, errors, f"{at}.fields.{index}.{name}")


def _check_length(value: Json, limit: int, errors: FormErrors, at: str) -> None:
    if isinstance(value, str) and len(value.strip()) > limit:
        errors.too_long(at, limit)


def _check_urls(raw: JsonObject, errors: FormErrors, at: str) -> None:
    places = [("url", raw.get("url"))]
    places += [(f"{name}.url", as_object(raw.get(name)).get("url")) for name in _MEDIA]
    for name, value in places:
        if isinstance(value, str) and not value.startswith(("http://", "https://", "attachment:")):
            errors.add(
                f"{at}.{name}",
                "URL_TYPE_INVALID_SCHEME",
                f'Scheme "{value.split(":", 1)[0]}" is not supported. Scheme must be one of '
                "('http', 'https').",
            )


def _check_moment(value: Json, errors: FormErrors, at: str) -> None:
    if value is None:
        return
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        errors.add(at, "DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601.")


def _characters(raw: JsonObject) -> int:
    texts = [raw.get("title"), raw.get("description")]
    texts += [as_object(raw.get("footer")).get("text"), as_object(raw.get("author")).get("name")]
    for item in as_objects(raw.get("fields")):
        texts += [item.get("name"), item.get("value")]
    return sum(len(text.strip()) for text in texts if isinstance(text, str))


def _shown(raw: JsonObject) -> JsonObject:
    shown: JsonObject = {"type": "rich"}
    for name in ("title", "description", "url", "color"):
        if raw.get(name) not in (None, ""):
            shown[name] = raw[name]
    if raw.get("timestamp") is not None:
        shown["timestamp"] = _moment(raw["timestamp"])
    for name in ("author", "footer", *_MEDIA):
        part = {key: value for key, value in as_object(raw.get(name)).items() if value is not None}
        if part:
            shown[name] = part
    fields: list[JsonObject] = [
        {
            "name": str(item.get("name", "")).strip(),
            "value": str(item.get("value", "")).strip(),
            "inline": bool(item.get("inline")),
        }
        for item in as_objects(raw.get("fields"))
    ]
    if fields:
        shown["fields"] = fields
    return shown


def _moment(value: Json) -> Json:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return value
    return stamp(moment)
