"""Whose certificates are believed of AWS: Amazon's own authorities, else all that the system knows.

Reading the system's hundred and forty takes 20 ms of CPU at every cold start, Amazon's five take 2.
Nothing depends on the five: where they do not vouch for an address, the system's are asked.
"""

from functools import cache
from pathlib import Path
from ssl import SSLContext, create_default_context
from typing import Final

ROOTS: Final = Path(__file__).with_name("amazon_roots.pem")
"""Amazon Root CA 1 to 4 and Starfield's (Amazon Trust Services' repository of authorities)."""


@cache
def amazon() -> SSLContext:
    """Believe Amazon's own authorities, once for all clients."""
    return create_default_context(cafile=str(ROOTS))


@cache
def everybody() -> SSLContext:
    """Believe the authorities of the system, or of SSL_CERT_FILE."""
    return create_default_context()
