"""Showing progress in the reply of the command that asked for it."""

from dataclasses import dataclass

from usher.platform.discord_webhook import DiscordWebhook, WebhookError
from usher.platform.logging import Logger
from usher.slash.replies import Reply


@dataclass(frozen=True, slots=True)
class WebhookProgress:
    """Implements Progress. What cannot be shown is logged: the work itself must go on."""

    webhook: DiscordWebhook
    log: Logger

    def show(self, token: str, reply: Reply) -> None:
        """Edit the original reply."""
        try:
            self.webhook.edit_original(token, reply)
        except WebhookError as error:
            why = {"status": error.status, "code": error.code}
            self.log.warning("progress not shown", extra=why)
