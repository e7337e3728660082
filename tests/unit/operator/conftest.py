"""A small stack for what is asked of AWS."""

from collections.abc import Iterator

import pytest

from infra.doctor.place import Layout, Resource
from tests.fakes.stubbed_place import StubbedPlace


@pytest.fixture
def place() -> Iterator[StubbedPlace]:
    resources = (
        Resource("SweeperFunction", "usher-prod-Sweeper-1", "AWS::Lambda::Function"),
        Resource("EventsQueue", "https://sqs/1/events.fifo", "AWS::SQS::Queue"),
        Resource("SweepRule", "usher-prod-SweepRule", "AWS::Events::Rule"),
        Resource("A", "usher-prod-a", "AWS::CloudWatch::Alarm"),
        Resource("B", "usher-prod-b", "AWS::CloudWatch::Alarm"),
        Resource("C", "usher-prod-c", "AWS::CloudWatch::CompositeAlarm"),
    )
    outputs = {"ListenerCluster": "cluster", "ListenerService": "service"}
    made = StubbedPlace(Layout("UPDATE_COMPLETE", {"Stage": "prod"}, outputs, resources))
    yield made
    for stub in made.stubs:
        stub.assert_no_pending_responses()
