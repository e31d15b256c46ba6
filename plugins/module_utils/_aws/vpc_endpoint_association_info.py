# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What VPC endpoints and VPC Lattice service networks reach: names, ports, databases.

This module util is PRIVATE to the collection.

A group of resource configurations is reached by one endpoint, each of its children by names of its own. AWS tells the
names but not the ports, the vendor tells ports and databases but not the endpoints: both are joined by private name.

Source: Amazon EC2 API Reference, DescribeVpcEndpointAssociations; VPC Lattice API Reference,
ListServiceNetworkResourceAssociations, GetServiceNetworkResourceAssociation, GetResourceConfiguration (read 2026-11).
"""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import dataclass

from ansible_collections.amazon.aws.plugins.module_utils.transformation import boto3_resource_to_ansible_dict
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import DENIED, Api, CallError

OF_ENDPOINTS = "ec2:DescribeVpcEndpointAssociations"
OF_NETWORKS = "vpc-lattice:ListServiceNetworkResourceAssociations"
NOT_SERVING = ("CREATE_FAILED", "DELETE_IN_PROGRESS")  # associations that nothing is reached by
CHUNK = 100  # endpoints of one call
Raw = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Database:
    """A database as its vendor knows it; ``host`` is its private name. None: the vendor does not say."""

    host: str
    database_id: int | None = None
    port: int | None = None


@dataclass
class Reached:
    """One thing that is reached: by which names, where, and what is known about it.

    ``where`` holds C(vpc_endpoint_id), or C(service_network_id) and C(association_id); ``group`` is what it shares with
    the other children of its group alone. ``type`` is C(database), C(metrics) or None.
    """

    where: t.Mapping[str, str]
    group: tuple[str, str]
    dns_name: str
    private_dns_name: str
    resource_arn: str
    type: str | None = None
    port: int | None = None
    database_id: int | None = None

    def as_dict(self) -> dict[str, t.Any]:
        """What is reached, and where. The keys with hyphens are the old names of those above them."""
        dns_name, private_dns_name = self.dns_name or None, self.private_dns_name or None
        shown: dict[str, t.Any] = {
            "type": self.type,
            "dns_name": dns_name,
            "private_dns_name": private_dns_name,
            "dns-entry": dns_name,
            "private-dns-entry": private_dns_name,
            "port": self.port,
            **self.where,
        }
        return {**shown, "database_id": self.database_id} if self.type == "database" else shown


def read_endpoint_associations(api: Api, endpoint_ids: t.Sequence[str]) -> list[Raw]:
    """The associations of VPC endpoints, one call per 100 associations.

    Raises ItemError for an endpoint that does not exist.
    """
    ids = sorted(set(endpoint_ids))
    if ids:
        api.require(OF_ENDPOINTS, "VpcEndpointIds", "vpc_endpoint_ids")
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]

    def read(chunk: list[str]) -> list[Raw]:
        return api.pages(OF_ENDPOINTS, "VpcEndpointAssociations", VpcEndpointIds=chunk, MaxResults=100)

    return list(itertools.chain.from_iterable(api.all(read, chunks)))


def read_network_associations(
    api: Api, networks: t.Sequence[str], configurations: t.Sequence[str] | None = None
) -> list[Raw]:
    """The associations of service networks with resource configurations, with those of the children of groups.

    ``configurations`` narrows them to these and their children, None does not narrow. Each gets an C(associationId):
    that of the configuration asked for, by which its children are reached, else its own id. One call per 100
    associations for each pair; one more for each that failed, because only that tells the reason.
    """
    if networks:
        api.require(OF_NETWORKS, "includeChildren", "service_networks")
    pairs: list[dict[str, str]] = [{"serviceNetworkIdentifier": network} for network in dict.fromkeys(networks)]
    if configurations is not None:
        wanted = list(dict.fromkeys(configurations))
        both = itertools.product(pairs, wanted)
        pairs = [{**pair, "resourceConfigurationIdentifier": configuration} for pair, configuration in both]

    def read(pair: dict[str, str]) -> list[Raw]:
        rows = api.pages(OF_NETWORKS, "items", includeChildren=True, maxResults=100, **pair)
        asked = pair.get("resourceConfigurationIdentifier", "").rpartition("/")[2]
        own = next((row.get("id") for row in rows if row.get("resourceConfigurationId") == asked), None)
        return [{**row, "associationId": own or row.get("id")} for row in rows]

    listed = itertools.chain.from_iterable(api.all(read, pairs))
    found = list({(row.get("id"), row.get("resourceConfigurationId")): row for row in listed}.values())
    return [{**row, **reason} for row, reason in zip(found, api.all(lambda row: _reason(api, row), found))]


def _reason(api: Api, association: Raw) -> dict[str, str]:
    """Why an association failed, in AWS's words; nothing where it did not, or where AWS does not say."""
    imperfect = association.get("failureCode") or str(association.get("status")).endswith(("FAILED", "PARTIAL"))
    if not imperfect or not association.get("id"):
        return {}
    identifier = {"serviceNetworkResourceAssociationIdentifier": association["id"]}
    whole = _if_readable(api, "vpc-lattice:GetServiceNetworkResourceAssociation", **identifier)
    return {key: whole[key] for key in ("failureCode", "failureReason") if whole.get(key)}


def as_result(association: Raw) -> dict[str, t.Any]:
    """An association as modules return it: AWS's own fields in snake case."""
    return dict(boto3_resource_to_ansible_dict(dict(association), force_tags=False) or {})


def discover(
    api: Api, associations: t.Sequence[Raw], databases: t.Sequence[Database], metrics_port: int
) -> list[dict[str, t.Any]]:
    """What is reached through associations that have a name, metrics first, then by private name.

    The port is that of the database of the same private name, else the one of the resource configuration where that may
    be read, else None. The only thing of a group that is left beside databases of ``databases`` is its metrics.
    """
    found = [reached for reached in map(_reached, associations) if reached is not None]
    join(found, databases)
    rest = [reached for reached in found if reached.port is None]
    for reached, port in zip(rest, api.all(lambda reached: read_port(api, reached.resource_arn), rest)):
        if port is not None:
            reached.type, reached.port = reached.type or ("metrics" if port == metrics_port else "database"), port
    name_metrics(found, metrics_port)
    found.sort(key=lambda thing: (thing.type != "metrics", thing.private_dns_name, thing.dns_name, thing.group))
    return [reached.as_dict() for reached in found]


def _reached(raw: Raw) -> Reached | None:
    """What an association of either API reaches; None without a name, as that of a group, and where it failed."""
    if "VpcEndpointId" in raw:
        where, gone = {"vpc_endpoint_id": str(raw["VpcEndpointId"])}, bool(raw.get("FailureCode"))
        group = (where["vpc_endpoint_id"], str(raw.get("ResourceConfigurationGroupArn")))
        entries, name = (raw.get("DnsEntry"), raw.get("PrivateDnsEntry")), "DnsName"
        arn = raw.get("AssociatedResourceArn")
    else:
        network, association = str(raw.get("serviceNetworkId")), str(raw.get("associationId"))
        where, gone = {"service_network_id": network, "association_id": association}, raw.get("status") in NOT_SERVING
        group = (network, association)
        entries, name = (raw.get("dnsEntry"), raw.get("privateDnsEntry")), "domainName"
        arn = raw.get("resourceConfigurationArn")
    dns, private = (str((entry or {}).get(name) or "").rstrip(".") for entry in entries)
    if gone or not (dns or private):
        return None
    return Reached(where, group, dns, private, str(arn or ""))


def join(found: t.Iterable[Reached], databases: t.Iterable[Database]) -> None:
    """Tell each thing that has the private name of a database which database it is."""
    by_name = {database.host.rstrip(".").lower(): database for database in databases if database.host}
    for reached in found:
        database = by_name.get(reached.private_dns_name.lower())
        if database is not None:
            reached.type, reached.port, reached.database_id = "database", database.port, database.database_id


def name_metrics(found: t.Sequence[Reached], metrics_port: int) -> None:
    """If exactly one member of a group is unmatched, beside known databases alone, it is the metrics endpoint."""
    for group in {reached.group for reached in found}:
        here = [reached for reached in found if reached.group == group]
        left = [reached for reached in here if reached.type is None]
        known = any(reached.database_id is not None for reached in here)
        has_metrics = any(reached.type == "metrics" for reached in here)
        if len(left) == 1 and known and not has_metrics:
            left[0].type, left[0].port = "metrics", metrics_port


def read_port(api: Api, resource_arn: str) -> int | None:
    """The only port of a resource configuration; None where it has several, or where its owner does not let us read."""
    if ":resourceconfiguration/" not in resource_arn:
        return None
    whole = _if_readable(api, "vpc-lattice:GetResourceConfiguration", resourceConfigurationIdentifier=resource_arn)
    ranges = whole.get("portRanges") or []
    first, dummy, last = str(ranges[0]).partition("-") if len(ranges) == 1 else ("", "", "")
    return int(first) if first.isdigit() and last in ("", first) else None


def _if_readable(api: Api, action: str, **params: str) -> Raw:
    """The answer of a call; {} where AWS denies it or knows of nothing, for what is another's may be hidden from us."""
    try:
        return api.call(action, **params)
    except CallError as error:
        if error.code in (*DENIED, "ResourceNotFoundException"):
            return {}
        raise
