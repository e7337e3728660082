"""What the local system needs to know of the machine, and what its children may know of it."""

from __future__ import annotations

import os
import platform
import socket
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
"""The checkout."""


def architecture() -> str:
    """Return this machine's architecture by Lambda's name for it."""
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def bare_environment() -> dict[str, str]:
    """Return what a child may know of the host: where programs and certificate authorities are."""
    kept = {
        name: os.environ[name] for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if name in os.environ
    }
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "functions"), str(ROOT))),
        "PYTHONUNBUFFERED": "1",
        **kept,
    }


def free_port() -> int:
    """Return a port of the loopback address that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Say whether a server could take this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
