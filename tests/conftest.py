# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for every test that talks to AWS: a running sandbox, a fresh account, boto3 clients, a VPC."""

from __future__ import annotations

import functools
import gc
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import botocore.client
import botocore.hooks
import botocore.loaders
import botocore.session
import botocore.useragent
import pytest

from tests.sandbox.client import RunningSandbox

# pylint: disable-next=unused-import
from tests.tools.iam.used import pytest_sessionfinish, pytest_testnodedown  # noqa: F401 (hooks)

Boto = Callable[..., Any]


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end, so the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


_numbers = itertools.count(1)


@dataclass(frozen=True)
class Vpc:
    """A VPC with one subnet in each of two zones; ``subnets`` and ``zones`` go together."""

    id: str
    cidr: str
    subnets: tuple[str, str]
    zones: tuple[str, str]
    security_group: str


@pytest.fixture(scope="session", autouse=True)
def learned_once() -> Iterator[None]:
    """What botocore works out for each session and client anew, and always the same, it works out once a process.

    Service models parsed, a client's methods made of them, events under their other names, handlers looked at. Nobody
    here reads how clients introduce themselves.
    """
    loader = botocore.loaders.create_loader()
    creators: Any = botocore.client.ClientCreator
    aliasers: Any = botocore.hooks.EventAliaser
    make, alias = creators._create_methods, aliasers._alias_event_name
    accepts_kwargs = functools.cache(botocore.hooks.accepts_kwargs)
    made: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}

    def methods(creator: Any, model: Any) -> dict[str, Any]:
        if model.service_name not in made:
            made[model.service_name] = make(creator, model)
        return dict(made[model.service_name])

    def name(aliaser: Any, event: str) -> str:
        if event not in names:
            names[event] = alias(aliaser, event)
        return names[event]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda search_path_string=None: loader)
        patch.setattr(creators, "_create_methods", methods)
        patch.setattr(aliasers, "_alias_event_name", name)
        patch.setattr(botocore.useragent.UserAgentString, "to_string", lambda agent: "tests")
        # A method is the same function on every object.
        patch.setattr(
            botocore.hooks, "accepts_kwargs", lambda function: accepts_kwargs(getattr(function, "__func__", function))
        )
        yield


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    """A running sandbox; each pytest-xdist worker has its own. Its states last 0.1 s."""
    running = RunningSandbox("--lag", "0.1")
    yield running
    status = running.stop()
    assert status == 0, f"the sandbox ended with status {status}"
    assert running.process.poll() is not None


@pytest.fixture
def account() -> str:
    """An account that no other test uses."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{9000 + int(worker)}{os.getpid() % 1000:03}{next(_numbers):05}"


@pytest.fixture
def boto(sandbox: RunningSandbox) -> Boto:
    """``boto(account, service, region="us-east-1")`` makes a boto3 client without retries."""
    return sandbox.boto


def add_ipv6(ec2: Any, vpc_id: str, *subnets: str) -> None:
    """Give a VPC an IPv6 block, and each of the subnets a part of it."""
    ec2.associate_vpc_cidr_block(VpcId=vpc_id, AmazonProvidedIpv6CidrBlock=True)
    vpc = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].partition("00::/56")[0]
    for number, subnet in enumerate(subnets):
        ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=f"{block}0{number}::/64")


@pytest.fixture
def make_vpc(boto: Boto) -> Callable[..., Vpc]:
    """``make_vpc(account, region="us-east-1", cidr="10.1.0.0/16")`` makes a VPC with subnets in two zones."""

    def make(account: str, region: str = "us-east-1", cidr: str = "10.1.0.0/16") -> Vpc:
        ec2 = boto(account, "ec2", region)
        vpc_id = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        prefix = ".".join(cidr.split(".")[:2])
        zones = (f"{region}a", f"{region}b")
        subnets = [
            ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"{prefix}.{number}.0/24", AvailabilityZone=zone)
            for number, zone in enumerate(zones)
        ]
        group = ec2.create_security_group(VpcId=vpc_id, GroupName="nlb", Description="nlb")["GroupId"]
        first, second = (subnet["Subnet"]["SubnetId"] for subnet in subnets)
        return Vpc(vpc_id, cidr, (first, second), zones, group)

    return make
