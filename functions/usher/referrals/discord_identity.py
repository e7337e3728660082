"""Who signed in, as Discord's OAuth2 tells."""

from dataclasses import dataclass
from typing import Protocol

from usher.ids import UserId
from usher.platform.discord_oauth import ClientError, GrantError, OAuthError
from usher.platform.signed_http import AwsError
from usher.platform.token_text import SecretError
from usher.referrals.entering import Ending, NoEntryError, Signed
from usher.referrals.invite_books import Log


class OAuth(Protocol):
    """Discord's OAuth2."""

    def token(self, code: str, verifier: str, redirect_uri: str) -> str:
        """Exchange a code for an access token; raises OAuthError."""
        ...

    def user_id(self, token: str) -> str:
        """Tell whose token it is; raises OAuthError."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordIdentity:
    """Implements Identity; None where sign-in is not set up."""

    oauth: OAuth | None
    log: Log

    def signed_in(self, code: str, verifier: str, redirect_uri: str) -> Signed:
        """Tell who came back with a code; raises NoEntryError."""
        if self.oauth is None:
            raise NoEntryError(Ending.UNSET)
        try:
            token = self.oauth.token(code, verifier, redirect_uri)
            return Signed(UserId(self.oauth.user_id(token)), token)
        except (OAuthError, SecretError, AwsError) as error:
            told = {"error": type(error).__name__}
            if isinstance(error, OAuthError):
                told |= {"status": str(error.status), "reason": error.reason}
            self.log.warning("sign-in failed", extra=told)
            raise NoEntryError(_ending(error)) from error


def _ending(error: Exception) -> Ending:
    match error:
        case GrantError():
            return Ending.REFUSED
        case ClientError() | SecretError() | AwsError(code="ResourceNotFoundException"):
            return Ending.UNSET
        case _:
            return Ending.UNAVAILABLE
