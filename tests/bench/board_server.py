"""A table with one large board, in a process of its own, spoken to as DynamoDB is.

It has the board in order, as DynamoDB's index has, and does not sort it at each Query as the
emulator does: what is measured is Usher's work and its requests. Signatures are not looked at.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import takewhile
from subprocess import PIPE, Popen
from typing import Any, Final

FIRST: Final = 10**17
PAGE: Final = 5000
"""Rows of such a size that DynamoDB reads at a time (1 MB)."""

type Row = dict[str, dict[str, str]]


class Handler(BaseHTTPRequestHandler):
    """Answers reads of the board, and takes what is written; no member is on record."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    rows: list[Row]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        content = json.dumps(getattr(self, f"_{operation}")(body)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        """Give credentials, as a container's own address does."""
        keys = {"AccessKeyId": "test", "SecretAccessKey": "test", "Token": "test"}
        content = json.dumps({**keys, "Expiration": "2999-01-01T00:00:00Z"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _GetItem(self, body: Any) -> Any:  # noqa: ANN401, N802 - DynamoDB's own name
        sort = body["Key"]["sk"]["S"]
        if not sort.startswith("C#"):
            return {}
        place = int(sort[2:].partition("#")[0]) - FIRST
        return {"Item": self.rows[place]} if place < len(self.rows) else {}

    def _PutItem(self, body: Any) -> Any:  # noqa: ANN401, N802 - what buttons do
        del body
        return {}

    def _SendMessage(self, body: Any) -> Any:  # noqa: ANN401, N802 - SQS's, for deferred commands
        digest = md5(body["MessageBody"].encode(), usedforsecurity=False).hexdigest()
        return {"MessageId": "1", "MD5OfMessageBody": digest}

    def _BatchGetItem(self, body: Any) -> Any:  # noqa: ANN401, N802
        [(table, asked)] = body["RequestItems"].items()
        found = [self._GetItem({"Key": key}).get("Item") for key in asked["Keys"]]
        return {"Responses": {table: [row for row in found if row]}}

    def _Query(self, body: Any) -> Any:  # noqa: ANN401, N802
        above = int(body["ExpressionAttributeValues"][":above"]["N"])
        start = int(body.get("ExclusiveStartKey", {}).get("n", {}).get("N", 0))
        limit = min(body.get("Limit", PAGE), PAGE)
        some = self.rows[start : start + limit]
        found = list(takewhile(lambda row: int(row["score"]["N"]) > above, some))
        if "ProjectionExpression" in body:
            found = [{"sk": row["sk"], "score": row["score"]} for row in found]
        is_over = len(found) < limit or start + limit >= len(self.rows)
        return {"Items": found} | (
            {} if is_over else {"LastEvaluatedKey": {"n": {"N": str(start + limit)}}}
        )


def board(number: int, *, equal: bool) -> list[Row]:
    """Inviters of all time, the first ahead: few brought many, most brought one."""
    return [
        {
            "pk": {"S": "G#1"},
            "sk": {"S": f"C#{FIRST + one}"},
            "board": {"S": "G#1#board#all"},
            "score": {"N": brought},
            "tracked": {"N": brought},
        }
        for one in range(number)
        if (brought := "1" if equal else str(max(1, number // (one + 1) // 10)))
    ]


@contextmanager
def serving(number: int, *, equal: bool) -> Iterator[str]:
    """Serve a board, and give the address."""
    arguments = [sys.executable, "-m", __name__, str(number), str(int(equal))]
    with Popen(arguments, stdout=PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def main() -> None:
    """Serve until killed."""
    number, equal = map(int, sys.argv[1:])
    Handler.rows = board(number, equal=bool(equal))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)  # noqa: T201 - read by who started it
    server.serve_forever()


if __name__ == "__main__":
    main()
