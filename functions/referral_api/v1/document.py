"""The OpenAPI 3.1 document, from the declarations that validate, and a page to read it by."""

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from jinja2 import Undefined
from markupsafe import Markup

from referral_api.pages import ENVIRONMENT, TEMPLATES
from referral_api.v1.hook_document import webhooks_section
from referral_api.v1.routes import GATED, PREFIX, SCHEME

TITLE: Final = "Usher"
VERSION: Final = "1.0.0"
DESCRIPTION: Final = (
    "Referral links and campaigns of one Discord server, and what came of them. Every request "
    "needs an API key (`/apikey create`) as a bearer token. Lists come in pages: ask again with "
    "`next_cursor`. A POST with an `Idempotency-Key` is done once within 24 hours. Send the `ETag` "
    "last seen as `If-Match` with a change, or as `If-None-Match` with a reading. Errors are "
    "problem details (RFC 9457). Webhooks are signed as Standard Webhooks says."
)
_STYLE: Final = (TEMPLATES / "docs.css").read_text(encoding="utf-8").strip()
_DOCS: Final = ENVIRONMENT.overlay(undefined=Undefined)
"""Schemas say what they have to say, and leave the rest out."""
_LIMITS: Final = {
    "RateLimit-Limit": "Requests that the key may make within a minute",
    "RateLimit-Remaining": "How many are left",
    "RateLimit-Reset": "Seconds until it may make all of them again",
}
_PROBLEM: Final = {
    "type": "about:blank",
    "title": "No such link",
    "status": 404,
    "code": "unknown_link",
    "detail": "Nobody has made a link of this code.",
    "request_id": "5f1c9b1e",
    "errors": [],
}


def document_router(app: APIGatewayHttpResolver) -> APIGatewayHttpRouter:
    """Declare the document and its page; both are open to everybody."""
    router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call] # powertools

    @cache
    def document() -> dict[str, Any]:
        return describe(app)

    @router.get(f"{PREFIX}/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        text = json.dumps(document(), separators=(",", ":"))
        headers: dict[str, str | list[str]] = {
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "public, max-age=300",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(200, "application/json", text, headers=headers)

    @router.get(f"{PREFIX}/docs", include_in_schema=False)
    def docs() -> Response[str]:
        return Response(200, "text/html; charset=utf-8", _page(document()), headers=_page_headers())

    return router


def describe(app: APIGatewayHttpResolver) -> dict[str, Any]:
    """Write the document."""
    schema = app.get_openapi_schema(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        security_schemes={SCHEME: HTTPBearer(bearerFormat="usher_<prefix>_<secret>")},
    )
    told: dict[str, Any] = json.loads(schema.model_dump_json(by_alias=True, exclude_none=True))
    told["paths"] = {
        path: _operations(one) if path.startswith(GATED) else one
        for path, one in told["paths"].items()
    }
    told["servers"] = [{"url": "/"}]
    told["webhooks"] = webhooks_section()
    for unused in ("HTTPValidationError", "ValidationError"):
        told["components"]["schemas"].pop(unused, None)
    return _only_used(told)


def _operations(path: Mapping[str, Any]) -> dict[str, Any]:
    for method, operation in path.items():
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "header":  # powertools writes them in lower case
                parameter["name"] = parameter["name"].title()
        if method == "post":
            operation.setdefault("parameters", []).append(_IDEMPOTENCY)
        if method == "get":
            operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
            operation["responses"]["304"] = {"description": "As you have it already"}
        for status, response in operation["responses"].items():
            if status != "401":
                response["headers"] = _headers(method, status)
            problem = response.get("content", {}).get("application/problem+json")
            if problem is not None:
                problem["example"] = {**_PROBLEM, "status": int(status)}
        gone = operation["responses"].get("204")
        if gone is not None:
            gone.pop("content", None)
    return dict(path)


def _headers(method: str, status: str) -> dict[str, Any]:
    told = dict(_LIMITS)
    if status in ("200", "201"):
        told["ETag"] = "Names this version of it"
    if status == "201":
        told["Location"] = "Where it is"
    if status in ("429", "503"):
        told["Retry-After"] = "Seconds to wait"
    counted = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"}
    return {
        name: {
            "description": text,
            "schema": {"type": "integer" if name in counted else "string"},
        }
        for name, text in told.items()
        if method
    }


def _only_used(told: dict[str, Any]) -> dict[str, Any]:
    """Leave out schemas that nothing of the document refers to."""
    schemas: dict[str, Any] = told["components"]["schemas"]
    while True:
        text = json.dumps(told)
        unused = [name for name in schemas if f'"#/components/schemas/{name}"' not in text]
        if not unused:
            return told
        for name in unused:
            del schemas[name]


def _page(told: Mapping[str, Any]) -> str:
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    tags = dict.fromkeys(operation["tags"][0] for operation in operations)
    groups = {tag: [one for one in operations if one["tags"][0] == tag] for tag in tags}
    return _DOCS.get_template("docs.html").render(
        told=told,
        groups=groups,
        schemas=told["components"]["schemas"],
        sheet=Markup(_STYLE),  # noqa: S704 - our own file
    )


def _page_headers() -> dict[str, str | list[str]]:
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "public, max-age=300",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


_IDEMPOTENCY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request with the same key is done once within 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what you have already",
    "schema": {"type": "string"},
}
