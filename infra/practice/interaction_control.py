"""What the page does with commands, components and modals; deferred answers are not waited for."""

import base64
import binascii
from typing import TYPE_CHECKING

from infra.practice.content.body import Upload
from infra.practice.entities import Guild
from infra.practice.forms import Form
from infra.practice.interactions.options import OptionValue
from infra.practice.interactions.outcome import Outcome
from infra.practice.json_types import Json, JsonObject, as_list, as_object

if TYPE_CHECKING:
    from infra.practice.practice import Practice


class InteractionControl:
    """Interactions over the page's API, as the member `user_id` in the channel `channel_id`."""

    def __init__(self, practice: "Practice") -> None:
        self._practice = practice
        self.actions = {
            "command": self.command,
            "suggest": self.suggest,
            "menu": self.menu,
            "click": self.click,
            "modal": self.modal,
        }

    async def command(self, guild: Guild, form: Form) -> Json:
        """Run the command `line` with `options`."""
        outcome = await self._practice.run_command(
            guild.id,
            form.text("user_id", 20),
            form.text("line", 100),
            _options(form),
            channel_id=form.text("channel_id", 20) or None,
            patience=0,
        )
        return _outcome(outcome)

    async def suggest(self, guild: Guild, form: Form) -> Json:
        """Ask for the choices of the option `focused`."""
        choices = await self._practice.suggest(
            guild.id,
            form.text("user_id", 20),
            form.text("line", 100),
            _options(form),
            form.text("focused", 32),
            channel_id=form.text("channel_id", 20) or None,
        )
        return {"choices": choices}

    async def menu(self, guild: Guild, form: Form) -> Json:
        """Use the command `name` of the context menu of `on_user` or `on_message`."""
        user_id, name = form.text("user_id", 20), form.text("name", 32)
        if form.text("on_message", 20):
            outcome = await self._practice.use_on_message(
                guild.id, user_id, name, form.text("on_message", 20), patience=0
            )
        else:
            outcome = await self._practice.use_on_user(
                guild.id,
                user_id,
                name,
                form.text("on_user", 20),
                channel_id=form.text("channel_id", 20) or None,
                patience=0,
            )
        return _outcome(outcome)

    async def click(self, guild: Guild, form: Form) -> Json:
        """Use the component `custom_id` of the message `message_id`."""
        outcome = await self._practice.click(
            guild.id,
            form.text("user_id", 20),
            form.text("message_id", 20),
            form.text("custom_id", 100),
            [str(value) for value in as_list(form.fields.get("values"))],
            patience=0,
        )
        return _outcome(outcome)

    async def modal(self, guild: Guild, form: Form) -> Json:
        """Submit the modal that the interaction `interaction_id` opened."""
        values = as_object(form.fields.get("values"))
        outcome = await self._practice.submit_modal(
            guild.id,
            form.text("user_id", 20),
            form.text("interaction_id", 20),
            {name: _filled(value) for name, value in values.items()},
            patience=0,
        )
        return _outcome(outcome)


def _filled(value: Json) -> str | list[str]:
    return str(value) if isinstance(value, str) else [str(item) for item in as_list(value)]


def _options(form: Form) -> dict[str, OptionValue]:
    found: dict[str, OptionValue] = {}
    for name, value in as_object(form.fields.get("options")).items():
        if isinstance(value, str | int | float | bool):
            found[name] = value
        elif as_object(value).get("base64") is not None:
            found[name] = _upload(form, name, as_object(value))
    form.check()
    return found


def _upload(form: Form, name: str, given: JsonObject) -> Upload:
    try:
        content = base64.b64decode(str(given["base64"]), validate=True)
    except binascii.Error:
        form.errors.add(f"options.{name}", "BASE64", "The file is not base64.")
        content = b""
    kind = str(given.get("content_type") or "application/octet-stream")
    return Upload(str(given.get("filename") or "file"), kind, content)


def _outcome(outcome: Outcome) -> JsonObject:
    return {
        "interaction_id": outcome.interaction_id,
        "phase": outcome.phase.value,
        "notice": outcome.notice,
        "detail": outcome.detail,
        "modal": outcome.modal,
    }
