"""A table with one link, in a process of its own, spoken to as DynamoDB is.

It keeps what is put and says yes to everything: what is measured is Usher's work and its requests.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from subprocess import PIPE, Popen
from typing import Any

from tests.referring import campaign, link
from usher.referrals.codec import write_campaign, write_link
from usher.referrals.model import Brand

type Row = dict[str, Any]


class Handler(BaseHTTPRequestHandler):
    """Answers reads by key, and takes every write."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    rows: dict[tuple[str, str], Row]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        content = json.dumps(getattr(self, f"_{operation}", _yes)(body)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _GetItem(self, body: Any) -> Any:  # noqa: ANN401, N802 - DynamoDB's own name
        row = self.rows.get(_key(body["Key"]))
        return {} if row is None else {"Item": row}

    def _BatchGetItem(self, body: Any) -> Any:  # noqa: ANN401, N802
        [(table, asked)] = body["RequestItems"].items()
        found = [self.rows.get(_key(key)) for key in asked["Keys"]]
        return {"Responses": {table: [row for row in found if row]}}

    def _Query(self, _: Any) -> Any:  # noqa: ANN401, N802
        return {"Items": []}

    def _PutItem(self, body: Any) -> Any:  # noqa: ANN401, N802
        if body["Item"]["pk"]["S"] == "SALT":
            self.rows[_key(body["Item"])] = body["Item"]
        return {}


def _yes(_: object) -> dict[str, object]:
    return {}


def _key(row: Row) -> tuple[str, str]:
    return row["pk"]["S"], row["sk"]["S"]


def one_link() -> dict[tuple[str, str], Row]:
    """The rows of a link and its campaign, with a text as long as texts are."""
    here = link()
    text = "\n\n".join(["We build things together every Thursday, and newcomers are welcome."] * 4)
    offer = campaign(offer="Early access", welcome=text, brand=Brand("Ida's workshop"))
    rows: list[Row] = [
        {"pk": {"S": f"L#{here.code}"}, "sk": {"S": "LINK"}, **write_link(here)},
        {
            "pk": {"S": f"R#{here.guild_id}"},
            "sk": {"S": f"CAMPAIGN#{offer.id}"},
            "campaign": {"S": write_campaign(offer)},
        },
        {"pk": {"S": f"G#{here.guild_id}"}, "sk": {"S": "HEAD"}, "guild_name": {"S": "Makers"}},
    ]
    return {_key(row): row for row in rows}


@contextmanager
def serving() -> Iterator[str]:
    """Serve the table, and give its address."""
    arguments = [sys.executable, "-m", __name__]
    with Popen(arguments, stdout=PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def main() -> None:
    """Serve until killed."""
    Handler.rows = one_link()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)  # noqa: T201 - read by who started it
    server.serve_forever()


if __name__ == "__main__":
    main()
