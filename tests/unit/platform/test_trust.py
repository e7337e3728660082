"""Amazon's authorities are believed first, the system's where those do not do, and nobody else."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import botocore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from usher.platform.signed_http import DYNAMODB, AwsError, SignedClient
from usher.platform.trust import ROOTS, amazon, everybody

ADDRESS = x509.IPAddress(ip_address("127.0.0.1"))


class Table(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "here.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def url(here: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(here)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Table)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    everybody.cache_clear()
    yield
    everybody.cache_clear()


def client(url: str) -> SignedClient:
    environ = {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    return SignedClient(DYNAMODB, environ, sleep=lambda _: None)


def test_an_authority_of_the_system_is_believed_though_it_is_not_amazons(
    url: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(here))
    table = client(url)

    assert table.call("GetItem", {}) == {}
    assert table.call("GetItem", {}) == {}
    table.close()


def test_nobody_else_is_believed(url: str) -> None:
    table = client(url)

    with pytest.raises(AwsError, match="SSLCertVerificationError"):
        table.call("GetItem", {})
    table.close()


def test_the_roots_are_those_that_the_sdk_ships_and_are_good_for_years() -> None:
    shipped = Path(botocore.__file__).with_name("cacert.pem").read_text("utf-8")

    ours = _certificates(ROOTS)

    assert len(ours) == len(amazon().get_ca_certs()) == 5
    assert all(one in shipped for one in ours)
    years = timedelta(days=3 * 365).total_seconds()
    for one in amazon().get_ca_certs():
        assert ssl.cert_time_to_seconds(str(one["notAfter"])) > time.time() + years


def _certificates(file: Path) -> list[str]:
    begin = "-----BEGIN CERTIFICATE-----"
    return [begin + one.partition("#")[0] for one in file.read_text("utf-8").split(begin)[1:]]


def test_names_and_certificates_are_checked() -> None:
    for context in (amazon(), everybody()):
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
