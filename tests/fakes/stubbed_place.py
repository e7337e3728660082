"""A stack on AWS whose clients answer what was put in, held against the SDK's descriptions."""

from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.stub import Stubber

from infra.doctor.place import Layout, Place


def client(service: str) -> Any:  # noqa: ANN401 - stubs differ by service
    make: Any = boto3.client
    return make(
        service,
        region_name="eu-central-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )


@dataclass
class StubbedPlace:
    """A place whose clients answer what was put in."""

    layout: Layout
    local: bool = False
    stack: str = "usher-prod"
    region: str = "eu-central-1"
    clients: dict[str, Any] = field(default_factory=dict)
    stubs: list[Stubber] = field(default_factory=list)

    def client(self, service: str) -> Any:  # noqa: ANN401 - as above
        return self.clients[service]

    def answers(self, service: str, *answers: tuple[str, dict[str, Any]]) -> None:
        self.clients[service] = made = self.clients.get(service) or client(service)
        stub = Stubber(made)
        for operation, answer in answers:
            stub.add_response(operation, answer)
        stub.activate()
        self.stubs.append(stub)


def asked(place: StubbedPlace) -> Place:
    return place  # type: ignore[return-value]  # all of it that is used
