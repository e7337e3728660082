"""Sending messages and deferred commands to a queue without the SDK."""

from collections.abc import Mapping

from usher.contracts.deferred import DeferredCommand
from usher.frozen import frozen
from usher.platform.dynamo_reads import Caller


@frozen
class SqsSender:
    """Sends messages to one standard queue, at least once each."""

    client: Caller
    queue_url: str

    def send(self, body: str, delay: int = 0) -> None:
        """Send one message, to be seen after `delay` seconds; raises AwsError when not taken."""
        request: dict[str, object] = {"QueueUrl": self.queue_url, "MessageBody": body}
        if delay:
            request["DelaySeconds"] = delay
        self.client.call("SendMessage", request)

    def defer(self, interaction: Mapping[str, object]) -> None:
        """Hand a verified interaction to the command worker; raises AwsError."""
        self.send(DeferredCommand(dict(interaction)).encode())
