"""What the document says and what the door does are one thing, whatever is sent."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.builders import GUILD, at
from tests.unit.referral_api.v1.asking import EVENT, HOOK, MEMBER, Api, put
from tests.unit.referral_api.v1.coming import held
from tests.unit.referral_api.v1.test_document import OPERATIONS, TRACKING
from tests.unit.referral_api.v1.wire import Wire
from usher.ids import GuildId
from usher.times import format_time

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
EXAMPLES = 12
BODIES: dict[str, Any] = {
    "create_link": {"campaign_id": "100", "title": "Video"},
    "change_link": {"title": "Other"},
    "create_campaign": {"name": "Fall"},
    "change_campaign": {"offer": "Late"},
    "create_links": {"links": [{"campaign_id": "100", "title": "Video"}]},
    "create_webhook": {"url": "https://hooks.example/usher"},
    "change_webhook": {"description": "CRM"},
    "replay_span": {"since": "2026-11-20T12:00:00Z"},
    "create_conversion": {"member_id": MEMBER, "value": "19.99"},
    "start_onboarding": {"campaign_id": "100", "discord_user_id": MEMBER},
}
PLACES = {
    "code": "spring-video",
    "campaign_id": "100",
    "member_id": MEMBER,
    "conversion_id": f"{MEMBER}-{int(at(60).timestamp())}000000",
}
PLACES |= {"webhook_id": HOOK, "event_id": EVENT}


@pytest.fixture
def described(there: Api, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - schemathesis's
    monkeypatch.setattr("referral_api.v1.gate.PER_MINUTE", 10**9)
    put(
        there,
        f"M#{MEMBER}",
        outcome="unattributed",
        kind="unknown",
        confidence="none",
        joined_at=format_time(there.now),
    )
    held(there)
    there.make_webhook()
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", Wire(there))


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("name", sorted(OPERATIONS | TRACKING))
def test_nothing_that_is_sent_surprises_the_door(
    there: Api,
    described: Any,  # noqa: ANN401
    name: str,
    mode: GenerationMode,
) -> None:
    operation = described.find_operation_by_id(name)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def hold(case: Case[Any]) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {there.key}"}, checks=CHECKS)

    hold()
    assert [line for line in there.log.lines if line[0] == "exception"] == []


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_succeeds_as_described(
    there: Api,
    described: Any,  # noqa: ANN401
    name: str,
) -> None:
    operation = described.find_operation_by_id(name)
    places = {one: value for one, value in PLACES.items() if f"{{{one}}}" in operation.path}
    sent = {"body": BODIES[name], "media_type": "application/json"} if name in BODIES else {}
    case = operation.Case(path_parameters=places, **sent)

    told = case.call_and_validate(headers={"Authorization": f"Bearer {there.key}"}, checks=CHECKS)

    assert told.status_code in (200, 201, 202, 204)
    assert there.table.links(GuildId(GUILD))


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_needs_a_key(described: Any, name: str) -> None:  # noqa: ANN401
    operation = described.find_operation_by_id(name)
    places = {one: value for one, value in PLACES.items() if f"{{{one}}}" in operation.path}
    sent = {"body": BODIES[name], "media_type": "application/json"} if name in BODIES else {}

    told = operation.Case(path_parameters=places, **sent).call_and_validate(checks=CHECKS[:-1])

    assert told.status_code == 401
