"""Faults over the page's API: `POST /practice/api/fault` with the name and its settings."""

from collections.abc import Callable

from infra.practice.entities import Guild
from infra.practice.faults.faults import Faults
from infra.practice.forms import Form
from infra.practice.gateway.sessions import Hub
from infra.practice.json_types import Json, as_list

LONGEST = 86_400_000
MOST = 1_000_000

type Cause = Callable[[Guild, Form], None]


class FaultControl:
    """Faults by name.

    `fault` is the name of a method of Faults, or `ask_to_reconnect` or `invalidate_sessions`.
    The settings have the names of its arguments; times are `milliseconds`.
    """

    def __init__(self, faults: Faults, hub: Hub) -> None:
        self._faults = faults
        self._hub = hub
        self._causes: dict[str, Cause] = {
            "refuse_resume": lambda _, form: faults.refuse_resume(_times(form)),
            "drop_resume": lambda _, form: faults.drop_resume(_times(form)),
            "drop_connections": lambda _, form: faults.drop_connections(_code(form)),
            "ask_to_reconnect": lambda _, __: hub.ask_to_reconnect(),
            "invalidate_sessions": lambda _, form: hub.invalidate_sessions(
                resumable=form.boolean("resumable")
            ),
            "lose_dispatches": lambda _, form: faults.lose_dispatches(_kind(form), _times(form)),
            "delay_dispatches": lambda _, form: faults.delay_dispatches(_kind(form), _time(form)),
            "hold_dispatches": lambda _, form: faults.hold_dispatches(_kind(form)),
            "duplicate": lambda _, form: faults.duplicate(_kind(form), _times(form), _time(form)),
            "reorder": self._reorder,
            "release": lambda _, __: faults.release(),
            "answer": self._answer,
            "stall": lambda _, form: faults.stall(*_route(form), _time(form), _times(form)),
            "lose_answers": lambda _, form: faults.lose_answers(*_route(form), _times(form)),
            "hide_uses": lambda guild, form: faults.hide_uses(guild.id, *_texts(form, "codes")),
            "show_uses": lambda guild, _: faults.show_uses(guild.id),
            "lag_counts": lambda _, form: faults.lag_counts(_time(form)),
            "index_lag": lambda _, form: faults.index_lag(_time(form)),
            "index_unavailable": lambda _, form: faults.index_unavailable(
                _times(form), int(_time(form))
            ),
            "target_users_take": lambda _, form: faults.target_users_take(_time(form)),
            "clear": lambda _, __: faults.clear(),
        }

    async def cause(self, guild: Guild, form: Form) -> Json:
        """Have the fault `fault` happen."""
        name = form.text("fault", 40)
        if name not in self._causes:
            form.errors.choices("fault", ", ".join(self._causes))
        form.check()
        self._causes[name](guild, form)
        return {}

    def _reorder(self, _: Guild, form: Form) -> None:
        window = form.integer("window", 2, 1_000, 2)
        form.check()
        self._faults.reorder(window, *_texts(form, "kinds"))

    def _answer(self, _: Guild, form: Form) -> None:
        status = form.integer("status", 400, 599, 500)
        retry_after = _time(form) if "milliseconds" in form else None
        scope = form.text("scope", 6, "user")
        method, path = _route(form)
        self._faults.answer(
            method, path, status, _times(form), retry_after=retry_after, scope=scope
        )


def _times(form: Form) -> int:
    times = form.integer("times", -1, MOST, 1)
    form.check()
    return times


def _time(form: Form) -> float:
    milliseconds = form.integer("milliseconds", 0, LONGEST, 0)
    form.check()
    return milliseconds / 1_000


def _code(form: Form) -> int | None:
    code = form.integer("code", 0, 4_999, 0)
    form.check()
    return code or None


def _kind(form: Form) -> str | None:
    return form.text("kind", 60) or None


def _route(form: Form) -> tuple[str, str]:
    return form.text("method", 8, "*"), form.text("path", 300, "/**")


def _texts(form: Form, name: str) -> list[str]:
    return [str(item) for item in as_list(form.fields.get(name))]
