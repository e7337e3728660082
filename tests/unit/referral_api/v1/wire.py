"""The REST API as a WSGI application, so that schemathesis can ask it in the process."""

from base64 import b64encode
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from tests.unit.referral_api.v1.asking import Api

type Start = Callable[[str, list[tuple[str, str]]], object]


class Wire:
    """Turns requests into events of API Gateway, payload format 2.0, and answers back."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_TYPE"
        }
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        query: dict[str, str] = {}
        for name, value in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True):
            query[name] = f"{query[name]},{value}" if name in query else value
        http = {"method": environ["REQUEST_METHOD"], "path": path, "sourceIp": "203.0.113.7"}
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": environ.get("QUERY_STRING", ""),
            "queryStringParameters": query,
            "headers": headers,
            "requestContext": {"domainName": "usher.example", "stage": "$default", "http": http},
            "body": b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        told = self.api.handle(event)
        start(f"{told.status} {HTTPStatus(told.status).phrase}", list(told.headers.items()))
        return [told.body.encode()]
