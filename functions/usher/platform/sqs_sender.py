"""Sending a deferred command to its queue without the SDK."""

from collections.abc import Mapping
from dataclasses import dataclass

from usher.contracts.deferred import DeferredCommand
from usher.platform.dynamo_reads import Caller


@dataclass(frozen=True, slots=True)
class SqsSender:
    """Sends messages to one standard queue, at least once each."""

    client: Caller
    queue_url: str

    def send(self, body: str) -> None:
        """Send one message; raises AwsError when SQS did not take it."""
        self.client.call("SendMessage", {"QueueUrl": self.queue_url, "MessageBody": body})

    def defer(self, interaction: Mapping[str, object]) -> None:
        """Hand a verified interaction to the command worker; raises AwsError."""
        self.send(DeferredCommand(dict(interaction)).encode())
