# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module orphans_info, against the sandbox."""

from __future__ import annotations

from typing import Any

from ansible_collections.saas.privatelink.plugins.module_utils._aws.orphans import Orphan, Resource

from tests.unit.modules.conftest import check_documented

GREEN = {"environment_name": "green"}


def found(estate: Any, *names: str, **options: Any) -> dict[str, list[str]]:
    """What the module finds: resources by name."""
    answer = estate.look("orphans_info", names=list(names), **{**GREEN, **options})
    return {orphan["name"]: orphan["resources"] for orphan in answer["orphans"]}


def test_what_is_ours_and_named_by_nothing(estate: Any) -> None:
    vpc = estate.make_vpc(estate.account)
    elb = estate.boto(estate.account, "elbv2")
    for name in ("orders", "crm"):
        options = {"name": name, "subnet_ids": list(vpc.subnets), "listeners": [{"port": 5432}]}
        estate.run("network_load_balancer", **options, **GREEN)
    made = estate.run("endpoint_service", name="orders", load_balancers=["orders"], **GREEN)
    service = made["results"][0]
    network = {"vpc_id": vpc.id, "subnet_ids": [vpc.subnets[0]], "private_dns_enabled": False}
    endpoint = estate.run("vpc_endpoint", name="vault", service_name="com.amazonaws.us-east-1.sts", **network, **GREEN)
    vpce = endpoint["results"][0]["vpc_endpoint_id"]
    theirs = {"Type": "network", "Scheme": "internal", "Subnets": list(vpc.subnets)}
    elb.create_load_balancer(Name="theirs", **theirs)
    earlier = [{"Key": "saas.privatelink:name", "Value": "earlier"}]  # it may be any environment's
    elb.create_load_balancer(Name="earlier", Tags=earlier, **theirs)

    assert found(estate, "orders", "crm", "vault") == {}
    orders = ["load balancer orders", f"endpoint service {service['service_id']}"]
    assert found(estate, "crm") == {"orders": orders, "vault": [f"VPC endpoint {vpce}"]}
    assert found(estate, environment_name="blue") == {}
    check_documented("orphans_info", estate.calls)
    (line, dummy) = (orphan["line"] for orphan in estate.look("orphans_info", names=["crm"], **GREEN)["orphans"])
    assert line.startswith(f"orders: no link names it, and there is load balancer orders, {orders[1]}. If")
    assert line.endswith("What a task of yours made goes by state: absent of that task.")


def test_the_line_says_how_it_goes(estate: Any) -> None:
    """A balancer of another name is found by a link that says it, and a forwarder by no link."""
    vpc = estate.make_vpc(estate.account)
    named = {"name": "fivetran-orders", "load_balancer_name": "shared", "subnet_ids": list(vpc.subnets)}
    estate.run("network_load_balancer", **named, listeners=[{"port": 5432}], **GREEN)
    forwarder = Orphan("fivetran-zone", (Resource("Auto Scaling group fivetran-zone", {}, is_forwarder=True),))
    (orphan,) = estate.look("orphans_info", names=[], **GREEN)["orphans"]
    assert "under its old name with state: absent and load_balancer_name: shared." in orphan["line"]
    line = forwarder.as_dict()["line"]
    assert "run the role port_forwarder with port_forwarder_name: fivetran-zone, port_forwarder_mode" in line
    assert "list the link" not in line


def test_what_is_on_its_way_out_is_none(estate: Any) -> None:
    vpc = estate.make_vpc(estate.account)
    options = {
        "name": "vault",
        "service_name": "com.amazonaws.us-east-1.sts",
        "vpc_id": vpc.id,
        "private_dns_enabled": False,
    }
    estate.run("vpc_endpoint", **options, subnet_ids=[vpc.subnets[0]], **GREEN)
    estate.run("vpc_endpoint", **options, state="absent", wait=False, **GREEN)
    assert found(estate) == {}


def test_throttling_is_waited_out(estate: Any) -> None:
    vpc = estate.make_vpc(estate.account)
    estate.run("network_load_balancer", name="orders", subnet_ids=list(vpc.subnets), listeners=[{"port": 1}], **GREEN)
    for service, operation in (
        ("elbv2", "DescribeLoadBalancers"),
        ("elbv2", "DescribeTags"),
        ("ec2", "DescribeVpcEndpointServiceConfigurations"),
        ("ec2", "DescribeVpcEndpoints"),
        ("autoscaling", "DescribeAutoScalingGroups"),
    ):
        estate.sandbox.fault(service, operation, "throttle", account=estate.account, times=3)
    assert found(estate) == {"orders": ["load balancer orders"]}
    refused = [call["operation"] for call in estate.calls if call["error"]]
    assert len(refused) == 15


def test_a_refused_call_names_the_permission(estate: Any) -> None:
    estate.sandbox.fault("autoscaling", "DescribeAutoScalingGroups", "deny", account=estate.account)
    answer = estate.look("orphans_info", names=[])
    assert answer["failed"]
    assert "autoscaling:DescribeAutoScalingGroups" in answer["msg"]
