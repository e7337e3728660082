"""What the sign-in asks of the world, in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from usher.funnel.model import Trace
from usher.ids import UserId
from usher.referrals.entering import NoEntryError, Signed
from usher.referrals.model import LinkCode
from usher.referrals.service import Landing
from usher.referrals.sign_in import Taken


@dataclass
class FakeSignIns:
    """Implements SignInRows."""

    rows: dict[str, tuple[str, LinkCode, datetime]] = field(default_factory=dict)
    traces: dict[str, Trace] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def begin(self, state: str, browser: str, code: LinkCode, trace: Trace, ends: datetime) -> None:
        self.rows[state] = browser, code, ends
        self.traces[state] = trace

    def trace_of(self, state: str) -> Trace:
        return self.traces[state]

    def take(self, state: str, browser: str, now: datetime) -> LinkCode | Taken | None:
        kept, code, ends = self.rows.get(state, ("", LinkCode(""), now))
        if kept != browser or ends <= now:
            return None
        if state in self.used:
            return Taken.USED
        self.used.add(state)
        return code

    def link_of(self, state: str, browser: str) -> LinkCode | None:
        kept, code, _ = self.rows.get(state, ("", LinkCode(""), None))
        return code if kept and kept == browser else None


@dataclass
class FakeIdentity:
    """Implements Identity."""

    error: NoEntryError | None = None
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def signed_in(self, code: str, verifier: str, redirect_uri: str) -> Signed:
        self.asked.append((code, verifier, redirect_uri))
        if self.error is not None:
            raise self.error
        return Signed(UserId("700"), "token")


@dataclass
class FakeEntry:
    """Implements LetsIn."""

    url: str | None = None
    error: NoEntryError | None = None
    came: list[tuple[LinkCode, UserId]] = field(default_factory=list)

    def let_in(self, landing: Landing, signed: Signed) -> str | None:
        if self.error is not None:
            raise self.error
        self.came.append((landing.link.code, signed.user_id))
        return self.url
