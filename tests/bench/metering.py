"""A meter on the wire to the embedded cloud: every request, in the units of the bill."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.bench.units import Item, read_units, write_units

KEY = ("pk", "sk")
DYNAMODB = "DynamoDB_20120810"


@dataclass
class Meter:
    """Counts what passes, and keeps messages that were sent."""

    target: str
    """Host and port of the embedded cloud."""
    counts: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: int = 0
    sent: list[tuple[str, str]] = field(default_factory=list)
    """Names of queues, and bodies."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_on(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Forward a request, and count it when it succeeded."""
        service, _, operation = headers.get("X-Amz-Target", "").partition(".")
        with self.lock:
            if service == DYNAMODB:
                return self._dynamodb(operation, method, path, headers, body)
            status, answered, payload = self.ask(method, path, headers, body)
            self.calls += 1
            if service == "AmazonSQS":
                self._sqs(operation, json.loads(body))
            elif service == "secretsmanager":
                self.counts["secret"] += 1
            else:
                listing = "list-type" in parse_qs(urlsplit(path).query)
                self.counts["s3_put" if method in ("PUT", "POST") or listing else "s3_get"] += 1
            return status, answered, payload

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Ask the cloud, uncounted."""
        connection = HTTPConnection(self.target, timeout=60)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def _dynamodb(
        self, operation: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        asked = json.loads(body)
        touched = list(_written(operation, asked))
        before = [self._item(headers, *one) for one in touched]
        status, answered, payload = self.ask(method, path, headers, body)
        self.calls += 1
        transacted = operation == "TransactWriteItems"
        for one, old in zip(touched, before, strict=True):
            new = self._item(headers, *one)
            self.counts["wru"] += write_units(old, new, transacted=transacted)
        if not touched and status == 200:
            self.counts["rru"] += _read(operation, asked, json.loads(payload))
        return status, answered, payload

    def _item(self, headers: Mapping[str, str], table: str, key: Item) -> Item | None:
        given = {**headers, "X-Amz-Target": f"{DYNAMODB}.GetItem"}
        body = json.dumps({"TableName": table, "Key": key, "ConsistentRead": True}).encode()
        given["Content-Length"] = str(len(body))
        found: Item | None = json.loads(self.ask("POST", "/", given, body)[2]).get("Item")
        return found

    def _sqs(self, operation: str, asked: Mapping[str, Any]) -> None:
        queue = asked["QueueUrl"].rpartition("/")[2]
        self.counts["sqs_fifo" if queue.endswith(".fifo") else "sqs"] += 1
        if operation == "SendMessage":
            self.sent.append((queue, asked["MessageBody"]))
        elif operation == "SendMessageBatch":
            self.sent += [(queue, one["MessageBody"]) for one in asked["Entries"]]


def _written(operation: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, Item]]:
    match operation:
        case "PutItem":
            yield asked["TableName"], _key(asked["Item"])
        case "UpdateItem" | "DeleteItem":
            yield asked["TableName"], asked["Key"]
        case "TransactWriteItems":
            for action in asked["TransactItems"]:
                [part] = action.values()
                yield part["TableName"], part.get("Key") or _key(part["Item"])
        case "BatchWriteItem":
            raise NotImplementedError(operation)


def _read(operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    consistent = bool(asked.get("ConsistentRead"))
    match operation:
        case "GetItem":
            items = [answer["Item"]] if "Item" in answer else []
            return read_units(items, consistent=consistent, together=True)
        case "Query" | "Scan":
            return read_units(answer["Items"], consistent=consistent, together=True)
        case "BatchGetItem":
            return sum(
                sum(
                    read_units([one], consistent=bool(wanted.get("ConsistentRead")), together=True)
                    for one in answer["Responses"].get(table, [])
                )
                # What is not there is paid for as well.
                + (len(wanted["Keys"]) - len(answer["Responses"].get(table, [])))
                * (1.0 if wanted.get("ConsistentRead") else 0.5)
                for table, wanted in asked["RequestItems"].items()
            )
        case _:
            raise NotImplementedError(operation)


def _key(item: Item) -> Item:
    return {name: item[name] for name in KEY}


@contextmanager
def metered(target: str) -> Iterator[tuple[Meter, str]]:
    """Put a meter before the cloud; yields it and its address."""
    meter = Meter(urlsplit(target).netloc)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, payload = meter.pass_on(
                self.command, self.path, dict(self.headers.items()), body
            )
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(payload)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass  # noqa: N815 - of http.server

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield meter, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
