# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether MSK clusters are fit for multi-VPC private connectivity.

This module util is PRIVATE to the collection.

Source: Amazon MSK Developer Guide, "Requirements and limitations for multi-VPC private connectivity" (read 2026-11).
"""

from __future__ import annotations

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, msk
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.rules import Prerequisite, check
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.snapshot import CheckedLink, Snapshot
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.findings import (
    FAIL,
    PASS,
    UNDECIDED,
    WARN,
    Finding,
    Mistake,
)


def _cluster(link: CheckedLink, snapshot: Snapshot) -> msk.Cluster:
    """The link's cluster. Raises ItemError where there is none."""
    arn = link.cluster_arn or ""
    if not arn:
        raise Mistake("No cluster_arn is given.", "Set cluster_arn.")
    if not arns.MSK_CLUSTER.fullmatch(arn):
        raise Mistake(f"Not the ARN of an MSK cluster: {arn!r}.", "Set cluster_arn.")
    arns.require_cluster_region(arn, snapshot.region)
    cluster: msk.Cluster | ItemError | None = snapshot["msk_clusters"].get(arn)
    if isinstance(cluster, ItemError):
        raise cluster
    if cluster is None:
        raise ItemError(f"MSK cluster {arn} does not exist in this account and in {snapshot.region}.")
    return cluster


@check("msk_cluster", "msk_clusters")
def check_msk_cluster(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """States other than these pass by themselves, though it may take hours."""
    cluster = _cluster(link, snapshot)
    if cluster.kind == msk.SERVERLESS:
        return Finding(FAIL, f"MSK cluster {cluster.name} is serverless.", "Name a provisioned cluster.")
    found = f"MSK cluster {cluster.name} is {cluster.state}."
    if cluster.state == msk.ACTIVE:
        return Finding(PASS, found)
    return Finding(FAIL if cluster.state in msk.BROKEN else WARN, found, "Run again once it is ACTIVE.")


@check("msk_kafka_version", "msk_clusters", parameter="lowest_kafka_version")
def check_msk_kafka_version(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    version, lowest = _cluster(link, snapshot).kafka_version, str(rule.lowest_kafka_version)
    statuses = {True: FAIL, False: PASS, None: UNDECIDED}
    found = f"Apache Kafka is {version or 'of no known version'}; {lowest} is the lowest that can."
    return Finding(statuses[msk.is_before(version, lowest)], found)


@check("msk_instance_type", "msk_clusters", parameter="unsupported_instance_types")
def check_msk_instance_type(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Express brokers are not in the guide, so they warn."""
    instance = _cluster(link, snapshot).instance_type
    if instance in (rule.unsupported_instance_types or []):
        return Finding(FAIL, f"The brokers are {instance}.")
    if instance.startswith("express."):
        return Finding(WARN, f"The brokers are {instance}, of which AWS's guide does not speak.", "Try it.")
    return Finding(PASS, f"The brokers are {instance or 'of no known type'}.")


@check("msk_authentication", "msk_clusters")
def check_msk_authentication(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    cluster = _cluster(link, snapshot)
    if cluster.unauthenticated:
        told = "The cluster lets clients in without authentication."
        return Finding(FAIL, told, "Switch unauthenticated access off.")
    schemes = ", ".join(sorted(cluster.schemes)) or "none"
    return Finding(
        PASS if msk.IAM in cluster.schemes else FAIL, f"The cluster's authentication schemes are: {schemes}."
    )
