"""The network that is made: out by the internet gateway, nothing in, nothing paid by the hour."""

from __future__ import annotations

from tests.packaging.templates import LISTENER, NETWORK, TEMPLATE, of_type

RESOURCES = TEMPLATE["Resources"]


def test_a_subnet_in_each_of_two_zones_leads_out_by_the_internet_gateway() -> None:
    subnets = of_type(NETWORK, "AWS::EC2::Subnet")
    zones = {str(subnet["AvailabilityZone"]) for subnet in subnets.values()}
    (route,) = of_type(NETWORK, "AWS::EC2::Route").values()
    (table,) = of_type(NETWORK, "AWS::EC2::RouteTable")
    ways = of_type(NETWORK, "AWS::EC2::SubnetRouteTableAssociation").values()

    assert len(zones) == len(subnets) == 2
    assert (route["DestinationCidrBlock"], route["GatewayId"]) == ("0.0.0.0/0", {"Ref": "Gateway"})
    assert route["RouteTableId"] == {"Ref": table}
    assert sorted(way["SubnetId"]["Ref"] for way in ways) == sorted(subnets)
    assert all(way["RouteTableId"] == {"Ref": table} for way in ways)
    # A route to a gateway that is not attached yet is refused.
    assert NETWORK["Resources"]["RouteOut"]["DependsOn"] == "GatewayAttachment"


def test_nothing_in_it_costs_by_the_hour() -> None:
    kinds = {resource["Type"] for resource in NETWORK["Resources"].values()}
    endpoints = of_type(NETWORK, "AWS::EC2::VPCEndpoint").values()

    assert not kinds & {"AWS::EC2::NatGateway", "AWS::EC2::EIP", "AWS::EC2::TransitGateway"}
    assert {endpoint["VpcEndpointType"] for endpoint in endpoints} == {"Gateway"}
    assert sorted(e["ServiceName"]["Fn::Sub"].rpartition(".")[2] for e in endpoints) == [
        "dynamodb",
        "s3",
    ]
    assert all(endpoint["RouteTableIds"] == [{"Ref": "Routes"}] for endpoint in endpoints)


def test_only_the_listeners_task_asks_for_an_address() -> None:
    subnets = of_type(NETWORK, "AWS::EC2::Subnet").values()
    (service,) = of_type(LISTENER, "AWS::ECS::Service").values()

    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)
    configured = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert configured["AssignPublicIp"] == "ENABLED"


def test_the_listener_takes_the_owners_network_or_the_one_that_is_made() -> None:
    given = RESOURCES["Listener"]["Properties"]["Parameters"]

    assert given["VpcId"] == {
        "Fn::If": [
            "NetworkIsMade",
            {"Fn::GetAtt": ["Network", "Outputs.VpcId"]},
            {"Ref": "ListenerVpcId"},
        ]
    }
    assert given["SubnetIds"]["Fn::If"][:2] == [
        "NetworkIsMade",
        {"Fn::GetAtt": ["Network", "Outputs.SubnetIds"]},
    ]
    assert given["SubnetIds"]["Fn::If"][2] == {"Fn::Join": [",", {"Ref": "ListenerSubnetIds"}]}


def test_a_network_is_made_for_a_listener_that_is_given_none() -> None:
    assert RESOURCES["Network"]["Condition"] == "NetworkIsMade"
    assert TEMPLATE["Conditions"]["NetworkIsMade"] == {
        "Fn::And": [
            {"Condition": "ListenerIsDeployed"},
            {"Fn::Equals": [{"Ref": "ListenerVpcId"}, ""]},
        ]
    }
    assert RESOURCES["Network"]["Properties"]["Parameters"].keys() == NETWORK["Parameters"].keys()
    assert TEMPLATE["Parameters"]["ListenerVpcId"]["Default"] == ""


def test_a_network_and_its_subnets_are_named_together() -> None:
    named = {"Fn::Not": [{"Fn::Equals": [{"Ref": "ListenerVpcId"}, ""]}]}
    listed = {"Fn::Not": [{"Fn::EachMemberEquals": [{"Ref": "ListenerSubnetIds"}, ""]}]}
    rules = TEMPLATE["Rules"]

    for name, condition, asserted in (
        ("OwnNetworkNeedsSubnets", named, listed),
        ("SubnetsNeedTheirNetwork", listed, named),
    ):
        assert rules[name]["RuleCondition"] == condition
        assert [one["Assert"] for one in rules[name]["Assertions"]] == [asserted]
