"""A known advisory stops the build; a service that does not answer is told of."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from infra.supply.audit import main
from infra.supply.shipped import packages

FLAW = {
    "id": "GHSA-aaaa-bbbb-cccc",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "summary": "A flaw",
    "details": "A flaw.",
    "affected": [
        {
            "package": {"name": "urllib3", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0.0"}]}],
        }
    ],
}


@contextmanager
def advisories(known: Mapping[str, object]) -> Iterator[list[str]]:
    """An advisory service as osv.dev is one; yields pip-audit's options to ask it."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = known.get(asked["package"]["name"])
            body = json.dumps({"vulns": [found]} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield ["-s", "osv", "--osv-url", f"http://127.0.0.1:{server.server_port}/v1/query"]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_known_advisory_fails_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with advisories({"urllib3": FLAW}) as service:
        code = main(service)

    told = capsys.readouterr().out
    assert code == 1
    assert "GHSA-aaaa-bbbb-cccc, mended in 99.0.0" in told
    assert f"{len(packages()) - 1} packages without a known advisory." in told


def test_no_advisory_passes(capsys: pytest.CaptureFixture[str]) -> None:
    with advisories({}) as service:
        code = main(service)

    assert code == 0
    assert capsys.readouterr().out == f"{len(packages())} packages without a known advisory.\n"


def test_a_service_that_does_not_answer_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["-s", "osv", "--osv-url", "http://127.0.0.1:9/"])

    assert code == 0
    assert f"{len(packages())} NOT ASKED" in capsys.readouterr().out
