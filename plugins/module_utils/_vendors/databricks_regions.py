# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Databricks publishes of itself in AWS: hosts, accounts, and its endpoint services in each region.

This module util is PRIVATE to the collection. It holds data alone.

Sources, all read 2026-11: databricks/terraform-databricks-sra at 72a96ea (2026-07-23), C(aws/tf/variables.tf) for the
services, shards, hosts and accounts, C(aws/customizations/serverless_privatelink) for the serverless accounts; those of
the workspace and the relay are the same in databricks/terraform-databricks-examples at fb6ff0c. The cities are those of
the same file; "Configure DNS for PrivateLink" (docs.databricks.com/aws) names five of them, alike. Zones of
Service-Direct: "IP addresses and domains for Databricks services and assets", there too.
"""

from __future__ import annotations

import typing as t


class Region(t.NamedTuple):
    """One region: ids of the endpoint services, "" where Databricks has none."""

    city: str
    """First label of C(privatelink.cloud.databricks.com) there; "" where sources differ (us-west-1) or none has it."""
    workspace: str
    scc_relay: str
    service_direct: str


class Shard(t.NamedTuple):
    """One Databricks that stands for itself: its hosts, its AWS accounts and its regions."""

    account_host: str
    partition: str
    account: str
    """That of the control plane, as Databricks' endpoint policies name it."""
    serverless_account: str
    """That from which private endpoint rules ask for a connection."""
    domain: str
    regions: dict[str, Region]

    def private_connectivity_role(self, region: str) -> str:
        """ARN of the role that an endpoint service has to allow for rules of a region."""
        return f"arn:{self.partition}:iam::{self.serverless_account}:role/private-connectivity-role-{region}"


COMMERCIAL_REGIONS = {
    "ap-northeast-1": Region(
        "tokyo", "vpce-svc-02691fd610d24fd64", "vpce-svc-02aa633bda3edbec0", "vpce-svc-00645ba5aa920181a"
    ),
    "ap-northeast-2": Region(
        "seoul", "vpce-svc-0babb9bde64f34d7e", "vpce-svc-0dc0e98a5800db5c4", "vpce-svc-0eda2860bd3ffdc62"
    ),
    "ap-south-1": Region(
        "mumbai", "vpce-svc-0dbfe5d9ee18d6411", "vpce-svc-03fd4d9b61414f3de", "vpce-svc-0f8cf0950ddb2df95"
    ),
    "ap-southeast-1": Region(
        "singapore", "vpce-svc-02535b257fc253ff4", "vpce-svc-0557367c6fc1a0c5c", "vpce-svc-095bb0c17301d018c"
    ),
    "ap-southeast-2": Region(
        "sydney", "vpce-svc-0b87155ddd6954974", "vpce-svc-0b4a72e8f825495f6", "vpce-svc-0bad186019cff33de"
    ),
    "ap-southeast-3": Region(
        "jakarta", "vpce-svc-07a698e7e9ccfd04a", "vpce-svc-025ca447c232c6a1b", "vpce-svc-028527b0920c3e620"
    ),
    "ca-central-1": Region(
        "canada", "vpce-svc-0205f197ec0e28d65", "vpce-svc-0c4e25bdbcbfbb684", "vpce-svc-0a677b49b6d71cf54"
    ),
    "eu-central-1": Region(
        "frankfurt", "vpce-svc-081f78503812597f7", "vpce-svc-08e5dfca9572c85c4", "vpce-svc-040453426d7a48946"
    ),
    "eu-north-1": Region("", "", "", "vpce-svc-034c0ab59f7a99d04"),
    "eu-west-1": Region(
        "ireland", "vpce-svc-0da6ebf1461278016", "vpce-svc-09b4eb2bc775f4e8c", "vpce-svc-0a5d3be4f026f5bd7"
    ),
    "eu-west-2": Region(
        "london", "vpce-svc-01148c7cdc1d1326c", "vpce-svc-05279412bf5353a45", "vpce-svc-000fc680ee188fcf6"
    ),
    "eu-west-3": Region(
        "paris", "vpce-svc-008b9368d1d011f37", "vpce-svc-005b039dd0b5f857d", "vpce-svc-041f8eb165985a7eb"
    ),
    "sa-east-1": Region(
        "saopaulo", "vpce-svc-0bafcea8cdfe11b66", "vpce-svc-0e61564963be1b43f", "vpce-svc-09d56640b3fed29b8"
    ),
    "us-east-1": Region(
        "nvirginia", "vpce-svc-09143d1e626de2f04", "vpce-svc-00018a8c3ff62ffdf", "vpce-svc-0a1a39ada4ec3bcdc"
    ),
    "us-east-2": Region(
        "ohio", "vpce-svc-041dc2b4d7796b8d3", "vpce-svc-090a8fab0d73e39a6", "vpce-svc-052fbd90ec8e1af31"
    ),
    "us-west-1": Region("", "vpce-svc-09bb6ca26208063f2", "vpce-svc-04cb91f9372b792fe", "vpce-svc-070673a01d3f28066"),
    "us-west-2": Region(
        "oregon", "vpce-svc-0129f463fcfbc46c5", "vpce-svc-0158114c0c730c3bb", "vpce-svc-0d7fe235ba1abe9d2"
    ),
}

SHARDS = {
    "commercial": Shard(
        "https://accounts.cloud.databricks.com",
        "aws",
        "414351767826",
        "565502421330",
        "cloud.databricks.com",
        COMMERCIAL_REGIONS,
    ),
    "gov_civilian": Shard(
        "https://accounts.cloud.databricks.us",
        "aws-us-gov",
        "044793339203",
        "347038500609",
        "cloud.databricks.us",
        {"us-gov-west-1": Region("pendleton", "vpce-svc-0f25e28401cbc9418", "vpce-svc-05f27abef1a1a3faa", "")},
    ),
    "gov_dod": Shard(
        "https://accounts-dod.cloud.databricks.mil",
        "aws-us-gov",
        "170661010020",
        "347034940029",
        "cloud.databricks.mil",
        {"us-gov-west-1": Region("pendleton", "vpce-svc-08fddf710780b2a54", "vpce-svc-05c210a2feea23ad7", "")},
    ),
}

SERVICE_DIRECT_ZONES = {
    "ap-northeast-1": ["apne1-az1", "apne1-az2", "apne1-az4"],
    "ap-northeast-2": ["apne2-az1", "apne2-az3"],
    "us-east-1": ["use1-az1", "use1-az2", "use1-az4"],
    "us-west-2": ["usw2-az1", "usw2-az2", "usw2-az3"],
}
"""Ids of the zones in which Service-Direct is, for the regions where it is not in all."""

FRONT_PORTS = ["443"]
"""TCP ports on which users reach the workspace."""

COMPUTE_PORTS = ["443", "2443", "5432", "6666", "8443-8451"]
"""TCP ports from clusters to both endpoints, which C(aws/tf/privatelink.tf) lists of the same source: REST, the relay
with the compliance security profile, Lakebase, the relay, calls of the control plane, Unity Catalog's log, and those
that Databricks keeps for later. Not 3306, of the legacy metastore, which no endpoint leads to."""

COMPUTE_PORTS_GOVCLOUD = [port for port in COMPUTE_PORTS if port != "6666"]


def shard_of(govcloud: str | None) -> str:
    """The key of what Databricks publishes of one of its clouds."""
    return f"gov_{govcloud}" if govcloud else "commercial"


def service_name(region: str, service_id: str) -> str:
    """The AWS name of an endpoint service of Databricks."""
    return f"com.amazonaws.vpce.{region}.{service_id}"
