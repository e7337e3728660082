"""Reading the body of members-search; what is wrong with it is a form error (400, 50035)."""

from collections.abc import Callable
from datetime import UTC

from infra.practice.forms import Form
from infra.practice.json_types import Json, JsonObject, as_list, as_object
from infra.practice.member_index import Cursor, Entry, Query, Sort, Test

VALUES = 10
VALUE_LENGTH = 100
LIMIT = 1_000
DEFAULT_LIMIT = 25
LARGEST = 2**63 - 1
NEVER = -1


def read_query(fields: JsonObject) -> Query:
    """Read a query. Arrays hold at most ten values of 1 to 100 characters each."""
    form = Form(fields)
    limit = form.integer("limit", 1, LIMIT, DEFAULT_LIMIT)
    sort = form.integer("sort", min(Sort), max(Sort), Sort.JOINED_DESC)
    every = _tests(form, "and_query")
    some = _tests(form, "or_query")
    after, before = _cursor(form, "after"), _cursor(form, "before")
    form.check()
    return Query(tuple(every), tuple(some), Sort(sort), limit, after, before)


def _tests(form: Form, name: str) -> list[Test]:
    filters = as_object(form.fields.get(name))
    tests: list[Test] = []
    for field, value_of in _VALUES.items():
        if field in filters:
            tests += _among(form, f"{name}.{field}", as_object(filters[field]), value_of)
    if "usernames" in filters:
        given = as_object(filters["usernames"])
        tests.append(_named(_values(form, f"{name}.usernames.or_query", given.get("or_query"))))
    for field, number_of in _NUMBERS.items():
        limits = as_object(as_object(filters.get(field)).get("range"))
        if limits:
            tests.append(_within(form, f"{name}.{field}.range", limits, number_of))
    for field, fact_of in _FACTS.items():
        if filters.get(field) is not None:
            tests.append(_is(fact_of, wanted=bool(filters[field])))
    return tests + _signals(form, name, as_object(filters.get("safety_signals")))


def _among(
    form: Form, path: str, given: JsonObject, value_of: Callable[[Entry], set[str]]
) -> list[Test]:
    tests: list[Test] = []
    for operator in ("or_query", "and_query"):
        if operator not in given:
            continue
        wanted = _values(form, f"{path}.{operator}", given[operator])
        has = _has_any if operator == "or_query" else _has_all
        tests.append(has(wanted, value_of))
    return tests


def _has_any(wanted: list[str], value_of: Callable[[Entry], set[str]]) -> Test:
    return lambda entry: not value_of(entry).isdisjoint(wanted)


def _has_all(wanted: list[str], value_of: Callable[[Entry], set[str]]) -> Test:
    return lambda entry: value_of(entry).issuperset(wanted)


def _named(starts: list[str]) -> Test:
    wanted = tuple(start.lower() for start in starts)

    def test(entry: Entry) -> bool:
        names = (entry.user.username, entry.user.global_name or "", entry.member.nick or "")
        return any(name.lower().startswith(wanted) for name in names)

    return test


def _values(form: Form, path: str, given: Json) -> list[str]:
    values = [str(value) for value in as_list(given)]
    if not 1 <= len(values) <= VALUES:
        form.errors.bad_length(path, 1, VALUES)
    for index, value in enumerate(values):
        if not 1 <= len(value) <= VALUE_LENGTH:
            form.errors.bad_length(f"{path}.{index}", 1, VALUE_LENGTH)
    return values


def _within(form: Form, path: str, limits: JsonObject, number_of: Callable[[Entry], int]) -> Test:
    bounds = Form(limits)
    bounds.errors = form.errors.below(path)
    low = bounds.integer("gte", 0, LARGEST, 0)
    high = bounds.integer("lte", 0, LARGEST, LARGEST)
    return lambda entry: low <= number_of(entry) <= high


def _is(fact_of: Callable[[Entry], bool], *, wanted: bool) -> Test:
    return lambda entry: fact_of(entry) is wanted


def _signals(form: Form, name: str, given: JsonObject) -> list[Test]:
    """Read the safety signals; here nobody is suspicious, but members may be timed out."""
    path = f"{name}.safety_signals"
    tests: list[Test] = [
        _is(lambda _: False, wanted=bool(given[field]))
        for field in ("unusual_account_activity", "automod_quarantined_username")
        if given.get(field) is not None
    ]
    for field, number_of in _SIGNALS.items():
        limits = as_object(as_object(given.get(field)).get("range"))
        if limits:
            tests.append(_within(form, f"{path}.{field}.range", limits, number_of))
    return tests


def _cursor(form: Form, name: str) -> Cursor | None:
    if form.fields.get(name) is None:
        return None
    given = Form(as_object(form.fields[name]))
    given.errors = form.errors.below(name)
    return Cursor(
        user_id=given.integer("user_id", 0, LARGEST, 0),
        joined=given.integer("guild_joined_at", 0, LARGEST, 0),
    )


def _timed_out_until(entry: Entry) -> int:
    until = entry.member.communication_disabled_until
    return int(until.astimezone(UTC).timestamp() * 1_000) if until is not None else NEVER


_VALUES: dict[str, Callable[[Entry], set[str]]] = {
    "user_id": lambda entry: {entry.user.id},
    "source_invite_code": lambda entry: {entry.member.source_invite_code or ""},
    "join_source_type": lambda entry: {str(entry.member.source.value)},
    "role_ids": lambda entry: set(entry.member.roles),
}
_NUMBERS: dict[str, Callable[[Entry], int]] = {
    "user_id": lambda entry: int(entry.user.id),
    "guild_joined_at": lambda entry: entry.joined,
}
_FACTS: dict[str, Callable[[Entry], bool]] = {
    "is_pending": lambda entry: entry.member.pending,
    "did_rejoin": lambda entry: entry.did_rejoin,
}
_SIGNALS: dict[str, Callable[[Entry], int]] = {
    "unusual_dm_activity_until": lambda _: NEVER,
    "communication_disabled_until": _timed_out_until,
}
