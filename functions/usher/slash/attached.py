"""Files that come with commands."""

from typing import Protocol

from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.resolved import AttachmentId
from usher.slash.say import say


class Attached(Protocol):
    """Files of interactions."""

    def fetch(self, url: str, limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes; raises an error where that fails."""
        ...


class HasAttached(Protocol):
    """Services that can fetch them."""

    @property
    def attached(self) -> Attached:
        """Files of interactions."""
        ...


def read_attached(ctx: Ctx[HasAttached], file: AttachmentId, most: int) -> bytes:
    """Fetch the file of an option; raises UserError where it is too large or cannot be had."""
    found = ctx.attachments.get(file)
    if found is None or found.size > most:
        raise UserError(say("Send a file of at most {most} KB.", most=most // 1000))
    try:
        return ctx.services.attached.fetch(found.url, most)
    except Exception as error:  # whoever fetches: the member can only try again
        raise UserError(say("I could not fetch the file. Please try again.")) from error
