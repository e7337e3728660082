"""The API as it describes itself."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.unit.referral_api.visiting import Answer, Door

API = "/api/referral/{code}"
MAKING = "/api/discord/create-managed-invite"


@pytest.fixture(scope="module")
def document() -> Any:  # noqa: ANN401 - JSON
    answer = Door().ask("GET", "/api/v1/openapi.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    return answer.json


def test_it_is_openapi_3_1_and_names_every_route_once(document: Any) -> None:  # noqa: ANN401
    operations = {
        f"{method.upper()} {path}": operation["operationId"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }

    assert document["openapi"] == "3.1.0"
    assert set(operations) == {
        f"HEAD {API}",
        f"GET {API}",
        f"GET {API}/campaign",
        f"POST {MAKING}",
    }
    assert len(set(operations.values())) == len(operations)


def answers() -> Iterator[tuple[str, str, Answer]]:
    """One answer of each kind."""
    full = Door().campaign()
    full.invitations.url = None
    for there in (Door().campaign(), Door(active=False).campaign(), full):
        for code in ("spring-video", "nobody-made-this", "a%20b"):
            for path in (API, f"{API}/campaign"):
                yield "get", path, there.ask("GET", path.replace("{code}", code))
            yield "head", API, there.ask("HEAD", API.replace("{code}", code))
        for body in ({"referral_code": "spring-video"}, {"referral_code": "nobodys"}, {}, "{"):
            yield "post", MAKING, there.ask("POST", MAKING, body)


def test_every_answer_is_as_described(document: Any) -> None:  # noqa: ANN401
    seen = set()
    for method, path, answer in answers():
        described = document["paths"][path][method]["responses"]
        assert str(answer.status) in described, (method, path, answer)
        seen.add(answer.status)
        content = described[str(answer.status)].get("content")
        if not content or method == "head":
            continue
        schema = content[answer.headers["content-type"]]["schema"]
        whole = {**schema, "components": document["components"]}
        jsonschema_rs.validate(whole, answer.json)
    assert seen == {200, 302, 404, 409, 422, 503}
