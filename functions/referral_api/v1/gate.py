"""Who may ask, how often, and that the same request twice is done once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Protocol

from referral_api.problems import ProblemError
from referral_api.v1.asked import Asked
from referral_api.v1.etags import conditional
from usher.referrals.answers import BusyError, Claim, OtherRequestError
from usher.referrals.keys import PER_MINUTE, ApiKey, fits, read_key

type Found = dict[str, Any]
"""An answer in API Gateway's payload format 2.0."""

WINDOW: Final = timedelta(minutes=1)
LONGEST_KEY: Final = 255


class Keys(Protocol):
    """API keys. Every method may raise AwsError."""

    def find(self, prefix: str) -> ApiKey | None:
        """Read a key."""
        ...

    def used(self, prefix: str, now: datetime) -> None:
        """Note that it was used."""
        ...

    def count(self, prefix: str, window: int, ends: datetime) -> int:
        """Count one request of a window of time and return how many it has now."""
        ...


class Answers(Protocol):
    """Answers kept for a day. Every method may raise AwsError."""

    def claim(self, name: str, request: str, seed: str, now: datetime) -> Claim:
        """Begin work, or find its answer; raises BusyError, OtherRequestError."""
        ...

    def keep(self, claim: Claim, answer: Found) -> None:
        """Keep the answer of work that is done."""
        ...

    def release(self, claim: Claim) -> None:
        """Let who asks again begin at once, with the same seed: it is open what was done."""
        ...

    def forget(self, claim: Claim, now: datetime) -> None:
        """Let the key be used anew: nothing was done."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as routes see it."""

    key: ApiKey
    seed: str
    """Unguessable, and the same when the same request comes again: what is made is named by it."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Stands before the routes of `/api/v1`."""

    keys: Keys
    answers: Answers
    clock: Callable[[], datetime]
    fresh_seed: Callable[[], str]

    def answer(self, asked: Asked, resolve: Callable[[Caller], Found]) -> Found:
        """Admit a request to its route; raises ProblemError, AwsError."""
        now = self.clock()
        key = self._key(asked, now)
        limits = self._limits(key, now)
        try:
            found = conditional(asked, self._once(asked, key, resolve, now))
        except ProblemError as error:
            error.headers |= limits
            raise
        found["headers"] = {**found.get("headers", {}), **limits}
        return found

    def _key(self, asked: Asked, now: datetime) -> ApiKey:
        kind, _, text = asked.headers.get("authorization", "").partition(" ")
        parts = read_key(text.strip()) if kind.lower() == "bearer" else None
        key = self.keys.find(parts[0]) if parts else None
        if parts is None or key is None or not fits(key, parts[1]) or not key.live(now):
            raise ProblemError(
                401,
                "unauthorized",
                "No valid API key",
                "Send `Authorization: Bearer usher_…` with a key that is neither over nor revoked.",
                headers={"WWW-Authenticate": 'Bearer realm="usher"'},
            )
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if key.last_used_at is None or key.last_used_at < hour:
            self.keys.used(key.prefix, hour)
        return key

    def _limits(self, key: ApiKey, now: datetime) -> dict[str, str]:
        """Count the request; raises ProblemError when it is one too many."""
        size = int(WINDOW.total_seconds())
        window = int(now.timestamp()) // size
        ends = datetime.fromtimestamp((window + 1) * size, UTC)
        left = PER_MINUTE - self.keys.count(key.prefix, window, ends)
        reset = max(1, int((ends - now).total_seconds()))
        headers = {
            "RateLimit-Limit": str(PER_MINUTE),
            "RateLimit-Remaining": str(max(0, left)),
            "RateLimit-Reset": str(reset),
        }
        if left < 0:
            raise ProblemError(
                429,
                "too_many_requests",
                "Too many requests",
                f"A key may ask {PER_MINUTE} times a minute.",
                headers={**headers, "Retry-After": str(reset)},
            )
        return headers

    def _once(
        self, asked: Asked, key: ApiKey, resolve: Callable[[Caller], Found], now: datetime
    ) -> Found:
        wish = asked.headers.get("idempotency-key")
        if asked.method != "POST" or wish is None:
            return resolve(Caller(key, self.fresh_seed()))
        if not 0 < len(wish) <= LONGEST_KEY:
            told = f"It has 1 to {LONGEST_KEY} characters."
            raise ProblemError(422, "invalid_idempotency_key", "Not an Idempotency-Key", told)
        claim = self._claim(asked, key, wish, now)
        if claim.answer is not None:
            kept: Found = dict(claim.answer)
            kept["headers"] = {**kept["headers"], "Idempotency-Replayed": "true"}
            return kept
        found = resolve(Caller(key, claim.seed))
        if found["statusCode"] < 300:
            self.answers.keep(claim, found)
        elif found["statusCode"] < 500:
            self.answers.forget(claim, now)
        else:
            self.answers.release(claim)
        return found

    def _claim(self, asked: Asked, key: ApiKey, wish: str, now: datetime) -> Claim:
        name = f"{key.prefix}#{_digest(wish.encode('utf-8', 'surrogatepass'))}"
        request = _digest(f"{asked.method} {asked.path}\n".encode() + asked.body)
        try:
            return self.answers.claim(name, request, self.fresh_seed(), now)
        except OtherRequestError as error:
            raise ProblemError(
                422,
                "idempotency_key_reused",
                "The Idempotency-Key was used before",
                "It stood on another request within the last 24 hours.",
            ) from error
        except BusyError as error:
            raise ProblemError(
                409,
                "in_progress",
                "The same request is being worked on",
                "Please ask again in a moment.",
                headers={"Retry-After": "2"},
            ) from error


def _digest(text: bytes) -> str:
    return sha256(text).hexdigest()
