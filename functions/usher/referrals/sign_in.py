"""A visitor's way to Discord's sign-in page and back (SPEC 5.5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from usher.funnel.model import Trace
from usher.referrals.entering import Ending, LetsIn, NoEntryError, Signed
from usher.referrals.model import LinkCode
from usher.referrals.rules import State
from usher.referrals.service import Landing
from usher.referrals.sign_in_rules import (
    LIFE,
    authorize_url,
    challenge_of,
    digest_of,
    is_token,
    verifier_of,
)
from usher.referrals.ways import EXACT


class Taken(Enum):
    """A sign-in that cannot be used."""

    USED = "used"


class SignInRows(Protocol):
    """Sign-ins under way, by digests of state and browser. Every method may raise AwsError."""

    def begin(self, state: str, browser: str, code: LinkCode, trace: Trace, ends: datetime) -> None:
        """Keep a sign-in, and the click that led to it, until it ends."""
        ...

    def trace_of(self, state: str) -> Trace:
        """Read the click that led to a sign-in."""
        ...

    def take(self, state: str, browser: str, now: datetime) -> LinkCode | Taken | None:
        """Use a sign-in up: its link; `USED` where it was before; None for no such one."""
        ...

    def link_of(self, state: str, browser: str) -> LinkCode | None:
        """Tell of which link a sign-in was, though it be over; None for none of this browser."""
        ...


class ClickBooks(Protocol):
    """Which click led to whom."""

    def remember(self, code: LinkCode, who: str, trace: Trace, at: datetime) -> None:
        """Keep the click of `@<member>`, as clicks are kept."""
        ...


class Identity(Protocol):
    """Discord, as who signs people in."""

    def signed_in(self, code: str, verifier: str, redirect_uri: str) -> Signed:
        """Tell who came back with a code; raises NoEntryError."""
        ...


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that begins."""

    url: str
    """Discord's page."""
    browser: str
    """The secret name that the browser keeps for the way back."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back from Discord's page, and what the browser kept."""

    state: str | None
    code: str | None
    error: str | None
    browser: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a sign-in ended, and for which link; None where nobody can tell."""

    ending: Ending
    landing: Landing | None = None
    url: str = ""
    """Where an invite waits."""
    wait: float = 0.0
    """Seconds after which it may work, 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class SignIns:
    """Sends visitors to Discord's page, and takes up those who come back."""

    rows: SignInRows
    identity: Identity
    entry: LetsIn
    clicks: ClickBooks
    landing: Callable[[str], Landing | None]
    """Looks a link up."""
    clock: Callable[[], datetime]
    fresh: Callable[[], str]
    """Makes a secret of at least 128 random bits."""
    site: str
    """Discord's site, for example `https://discord.com`."""
    client_id: str

    def begin(
        self, landing: Landing, browser: str | None, redirect_uri: str, trace: Trace
    ) -> Begun:
        """Begin a sign-in, in a browser that may have begun another. Raises AwsError."""
        kept = browser if browser is not None and is_token(browser) else self.fresh()
        state, link = self.fresh(), landing.link
        ends = self.clock() + LIFE
        self.rows.begin(digest_of(state), digest_of(kept), link.code, trace, ends)
        challenge = challenge_of(verifier_of(kept, state))
        url = authorize_url(self.site, self.client_id, link.mode, redirect_uri, state, challenge)
        return Begun(url, kept)

    def end(self, back: Returned, redirect_uri: str) -> Ended:
        """Take up who comes back: each sign-in once, in its own browser. Raises AwsError."""
        state, browser = back.state, back.browser
        if state is None or browser is None or not is_token(state) or not is_token(browser):
            return Ended(Ending.LOST)
        names = digest_of(state), digest_of(browser)
        taken = self.rows.take(*names, self.clock())
        if not isinstance(taken, str):
            ending = Ending.LOST if taken is None else Ending.USED
            return Ended(ending, self._landing(self.rows.link_of(*names)))
        landing = self._landing(taken)
        if landing is None or landing.state is not State.OPEN or landing.link.mode not in EXACT:
            return Ended(Ending.CLOSED, landing)
        if back.code is None:
            ending = Ending.DENIED if back.error == "access_denied" else Ending.REFUSED
            return Ended(ending, landing)
        try:
            who = self.identity.signed_in(back.code, verifier_of(browser, state), redirect_uri)
            trace, now = self.rows.trace_of(names[0]), self.clock()
            self.clicks.remember(landing.link.code, f"@{who.user_id}", trace, now)
            url = self.entry.let_in(landing, who)
        except NoEntryError as error:
            return Ended(error.ending, landing, wait=error.wait)
        return Ended(Ending.ADDED if url is None else Ending.INVITED, landing, url or "")

    def _landing(self, code: LinkCode | None) -> Landing | None:
        return None if code is None else self.landing(code)
