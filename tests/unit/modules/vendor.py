# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vendor's account in the sandbox that shares resource configurations, for tests of the consumer's modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.sandbox.client import RunningSandbox


@dataclass
class Vendor:
    """The vendor of one consumer; ``name`` sets it apart from other vendors of the same one."""

    sandbox: RunningSandbox
    consumer: str
    make_vpc: Callable[..., Any]
    name: str = "7"
    gateway: str = ""

    @property
    def account(self) -> str:
        return f"{self.name}{self.consumer[1:]}"

    @property
    def ram(self) -> Any:
        return self.sandbox.boto(self.account, "ram")

    @property
    def lattice(self) -> Any:
        return self.sandbox.boto(self.account, "vpc-lattice")

    def configuration(self, name: str) -> str:
        """A resource configuration for one host; the answer is its ARN, once it is active."""
        if not self.gateway:
            vpc = self.make_vpc(self.account)
            where = {"vpcIdentifier": vpc.id, "subnetIds": list(vpc.subnets)}
            self.gateway = self.lattice.create_resource_gateway(name="way-in", **where)["id"]
        made = self.lattice.create_resource_configuration(
            name=name,
            type="SINGLE",
            resourceGatewayIdentifier=self.gateway,
            portRanges=["12000"],
            resourceConfigurationDefinition={"dnsResource": {"domainName": "db.internal", "ipAddressType": "IPV4"}},
        )
        read = self.lattice.get_resource_configuration
        self.sandbox.eventually(lambda: read(resourceConfigurationIdentifier=made["id"])["status"], "ACTIVE".__eq__)
        return str(made["arn"])

    def share(self, *configurations: str, name: str = "redis-share") -> str:
        """Share configurations with the consumer; the answer is the share's ARN, once it is active."""
        made = self.ram.create_resource_share(name=name, resourceArns=[*configurations], principals=[self.consumer])
        arn = str(made["resourceShare"]["resourceShareArn"])
        read = self.ram.get_resource_shares
        self.sandbox.eventually(
            lambda: read(resourceOwner="SELF", resourceShareArns=[arn])["resourceShares"][0]["status"], "ACTIVE".__eq__
        )
        return arn

    def principal(self, share: str) -> str:
        """The state in which the consumer is in a share."""
        of = {"associationType": "PRINCIPAL", "resourceShareArns": [share]}
        return str(self.ram.get_resource_share_associations(**of)["resourceShareAssociations"][0]["status"])
