# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPC endpoints (AWS PrivateLink, consumer side): read and plan.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, CreateVpcEndpoint, ModifyVpcEndpoint, DescribeVpcEndpoints, DeleteVpcEndpoints,
DescribeVpcEndpointServices; VPC Lattice API Reference, ListResourceConfigurations, ListServiceNetworks (read 2026-11).

AWS does not document what becomes of private DNS while an endpoint waits for its acceptance. So an endpoint that must
be accepted is made without, and gets it once it is available.
"""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies
from ansible_collections.amazon.aws.plugins.module_utils.transformation import boto3_resource_to_ansible_dict
from ansible_collections.saas.privatelink.plugins.module_utils._aws import (
    arns,
    ownership,
    private_domains,
    private_names,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoints import Endpoint, read_endpoints
from ansible_collections.saas.privatelink.plugins.module_utils._aws.subnets import read_subnets, without_ipv6
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence, internal, optional
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Made,
    Plan,
    meant_twice,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.tokens import Tokens, token

CREATE, MODIFY, DELETE = "ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint", "ec2:DeleteVpcEndpoints"
DESCRIBE_SERVICES = "ec2:DescribeVpcEndpointServices"
GATEWAYS = (".s3", ".dynamodb")  # AWS PrivateLink Guide, "Gateway endpoints" (read 2026-11)
DEAD = ("expired", "failed", "rejected")  # of no use any more, but still there


class Target(t.NamedTuple):
    """What an endpoint of one type leads to. ``listing`` is the call that knows the ARNs of ids."""

    option: str
    type: str
    member: str
    pattern: re.Pattern[str]
    listing: str = ""


TARGETS = (
    Target(
        "service_name",
        "Interface",
        "ServiceName",
        re.compile(f"{arns.ENDPOINT_SERVICE_NAME.pattern}|{arns.SERVICE_NAME.pattern}"),
    ),
    Target(
        "resource_configuration",
        "Resource",
        "ResourceConfigurationArn",
        arns.RESOURCE_CONFIGURATION,
        "vpc-lattice:ListResourceConfigurations",
    ),
    Target(
        "service_network",
        "ServiceNetwork",
        "ServiceNetworkArn",
        arns.SERVICE_NETWORK,
        "vpc-lattice:ListServiceNetworks",
    ),
)
TYPES = {"Interface": ("Interface", "Gateway")}  # of targets to which endpoints of several types lead
WHERE = ("type", "vpc_id", *(target.option for target in TARGETS), "service_region")  # what makes it another one


@dataclass(frozen=True)
class VpcEndpoint:
    """One wanted endpoint; the fields are the options of the module C(vpc_endpoint). None changes nothing."""

    name: str
    state: Presence = "present"
    vpc_endpoint_id: str | None = None
    type: t.Literal["Interface", "Gateway", "Resource", "ServiceNetwork"] | None = None
    vpc_id: str | None = None
    service_name: str | None = None
    service_region: str | None = None
    resource_configuration: str | None = None
    service_network: str | None = None
    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None
    route_table_ids: list[str] | None = None
    purge_route_table_ids: bool = False
    ip_address_type: t.Literal["ipv4", "dualstack", "ipv6"] | None = None
    private_dns_enabled: bool | None = None
    private_dns_preference: private_domains.Preference | None = None
    private_dns_specified_domains: list[str] | None = None
    dns_record_ip_type: t.Literal["ipv4", "dualstack", "ipv6", "service-defined"] | None = None
    policy: str | None = optional(type="json")
    tags: dict[str, str] | None = None
    purge_tags: bool = False
    replace: bool = False
    adopt: bool = False
    reuse: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        self._check_reuse()
        if self.vpc_endpoint_id is not None and not arns.VPC_ENDPOINT.fullmatch(self.vpc_endpoint_id):
            raise ItemError(f"Not the id of an endpoint: {self.vpc_endpoint_id!r}, like vpce-0123456789abcdef0.")
        if self.vpc_endpoint_id and self.replace:
            raise ItemError("replace makes an endpoint with another id: leave out vpc_endpoint_id.")
        self._check_target()
        self._check_dns()
        self._check_gateway()
        for option, what in (("subnet_ids", "subnet"), ("security_group_ids", "security group")):
            if getattr(self, option) == []:
                raise ItemError(f"{option} is empty: an endpoint needs at least one {what}.")
        if self.policy is not None:
            if self.kind not in (None, "Interface", "Gateway"):
                types = "Interface and Gateway"
                raise ItemError(f"AWS takes a policy for {types} endpoints, not for {self.kind}: leave it out.")
            try:
                json.loads(self.policy)
            except ValueError as error:
                raise ItemError(f"policy is not JSON: {error}") from error

    def _check_reuse(self) -> None:
        if not self.reuse:
            return
        if not (self.service_name and self.vpc_id and self.kind in TYPES["Interface"]):
            raise ItemError("reuse is for endpoints of type Interface or Gateway: give service_name and vpc_id.")
        if self.vpc_endpoint_id:
            raise ItemError("reuse finds an endpoint by its service: leave out vpc_endpoint_id.")
        if self.kind == "Gateway" and self.state == "present" and not self.route_table_ids:
            raise ItemError("reuse finds a Gateway endpoint by its route tables: give route_table_ids.")

    def _check_target(self) -> None:
        given = [target for target in TARGETS if getattr(self, target.option) is not None]
        if len(given) > 1:
            options = ", ".join(target.option for target in given)
            raise ItemError(f"An endpoint leads to one thing: give one of {options}.")
        for target in given:
            value = getattr(self, target.option)
            if value != UNKNOWN and not target.pattern.fullmatch(value):
                what = "not a name" if target.option == "service_name" else "neither an id nor an ARN"
                raise ItemError(f"{target.option} is {what} of one: {value!r}.")
            types = TYPES.get(target.type, (target.type,))
            if self.type not in (None, *types):
                raise ItemError(f"{target.option} is for endpoints of type {' or '.join(types)}, not {self.type}.")

        if self.service_region is not None and not arns.REGION.fullmatch(self.service_region):
            raise ItemError(f"service_region is not a region: {self.service_region!r}, like us-east-1.")
        if self.service_region is not None and self.kind not in (None, "Interface"):
            raise ItemError(f"service_region is for endpoints of type Interface, not {self.kind}.")

    def _check_dns(self) -> None:
        preference, domains = self.private_dns_preference, self.private_dns_specified_domains
        if preference is None and domains is None:
            return
        if self.kind in ("Interface", "Gateway") or self.private_dns_enabled is False:
            raise ItemError(
                "private_dns_preference and private_dns_specified_domains are for endpoints of type Resource and "
                "ServiceNetwork with private_dns_enabled=true."
            )
        private_domains.check(preference, domains)

    def _check_gateway(self) -> None:
        """A gateway endpoint is a route in route tables: it has no addresses, and so nothing that goes with them."""
        if self.kind not in (None, "Gateway") and self.route_table_ids is not None:
            raise ItemError(f"route_table_ids is for endpoints of type Gateway, not {self.kind}.")
        of_addresses = ("subnet_ids", "security_group_ids", "private_dns_enabled")
        given = [option for option in of_addresses if getattr(self, option) is not None]
        if self.kind == "Gateway" and given:
            raise ItemError(f"A Gateway endpoint has route_table_ids, and no {given[0]}: leave it out.")
        service = self.service_name or ""
        if self.kind == "Gateway" and service and not service.endswith(GATEWAYS):
            raise ItemError(f"AWS has Gateway endpoints for S3 and DynamoDB, not for {service}.")

    @property
    def target(self) -> tuple[Target, str] | None:
        """What the endpoint leads to, if the options say so."""
        found = ((target, getattr(self, target.option)) for target in TARGETS)
        return next(((target, str(value)) for target, value in found if value is not None), None)

    @property
    def kind(self) -> str | None:
        """The type of the endpoint, also where only its target is given."""
        return self.type or (self.target[0].type if self.target else None)


@dataclass
class Actual:
    """What AWS shows for one wanted endpoint. ``arns`` holds the ARN of every id of a target that was looked up.

    ``surplus`` are further endpoints that are the item's: AWS keeps no name unique. ``acceptance`` says whether the
    owner of the service must accept a new one, where that was asked. ``reused`` is an endpoint that serves the item
    though it is not its own; ``behind`` is another item that is about to make such a one.
    """

    endpoint: Endpoint | None
    created: bool = False  # by this run
    arns: t.Mapping[str, str] = field(default_factory=dict)
    seed: str = ""  # of the token that makes a repeated create call harmless
    surplus: t.Sequence[Endpoint] = ()
    rivals: t.Sequence[Endpoint] = ()  # others that have the private name of its service in its VPC
    region: str = ""
    acceptance: bool = False
    reused: Endpoint | None = None
    behind: str = ""
    listed: bool = True  # else it may be one that is gone, which the token of its creation brought back

    @property
    def id(self) -> str:
        return str(self.endpoint["VpcEndpointId"]) if self.endpoint else UNKNOWN

    @property
    def state(self) -> str:
        return _state(self.endpoint) if self.endpoint else ""


class VpcEndpoints:
    """Reads all endpoints of the account in one call per 1000; ids of targets in one listing, where one is needed."""

    def __init__(self, api: Api, check_mode: bool = False) -> None:
        self.api, self.check_mode = api, check_mode
        self.arns: dict[str, dict[str, str]] = {}  # by listing: read once
        self.acceptance: dict[str, bool] = {}  # by the name of a service
        self.tokens = Tokens()

    def read(self, items: t.Sequence[VpcEndpoint], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        endpoints = read_endpoints(self.api)
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._find(item, endpoints, made[item.name])
            except ItemError as error:
                found[item.name] = error
        found.update(self._without_ipv6(items, found))
        self._add_acceptance(items, found)
        _queue(items, found)
        meant = {name: actual.id for name, actual in found.items() if isinstance(actual, Actual) and actual.endpoint}
        found.update(meant_twice(meant))
        return found

    def _without_ipv6(
        self, items: t.Sequence[VpcEndpoint], found: t.Mapping[str, Actual | ItemError]
    ) -> dict[str, ItemError]:
        """An error for each item that is to get IPv6 addresses in subnets that have none; a call where one is to."""
        asking: dict[str, t.Sequence[str]] = {}
        for item in items:
            actual = found[item.name]
            if item.state == "present" and item.ip_address_type in ("dualstack", "ipv6") and isinstance(actual, Actual):
                have = _shown(actual.endpoint or {})
                subnet_ids = have["subnet_ids"] if item.subnet_ids is None else sorted(set(item.subnet_ids))
                if (item.ip_address_type, subnet_ids) != (have["ip_address_type"], have["subnet_ids"]):
                    asking[item.name] = subnet_ids
        if not asking:
            return {}
        subnets, errors = read_subnets(self.api, set().union(*asking.values())), {}
        for name, subnet_ids in asking.items():
            without = without_ipv6(subnet_ids, subnets)
            if without:
                said = f"needs subnets with an IPv6 CIDR block, and {', '.join(without)} has none. Nothing was changed."
                errors[name] = ItemError(f"The ip_address_type of endpoint {name} {said}")
        return errors

    def _find(self, item: VpcEndpoint, endpoints: t.Sequence[Endpoint], made: Made) -> Actual:
        created = self._created(item, endpoints, made)
        listed = [endpoint for endpoint in endpoints if created is None or _id(endpoint) != _id(created)]
        found = find(item, listed if created is None else [created, *listed], tagging.EC2_UNTAG in made)
        known = [_id(endpoint) for endpoint in listed if name_of(endpoint) == item.name]
        actual = Actual(
            next(iter(found), None),
            surplus=found[1:],
            seed=self.tokens.seed(item.name, item.environment, known),
            region=self.api.region,
        )
        actual.created = created is not None and actual.id == _id(created)
        actual.listed = not actual.created or any(_id(endpoint) == actual.id for endpoint in endpoints)
        if item.reuse and actual.state in ("", "deleting", *DEAD):
            actual.reused = shared_endpoint(item, listed)
        if item.state == "present" and actual.reused is None:
            have: Endpoint = actual.endpoint or {}
            place = (item.vpc_id or have.get("VpcId"), item.service_name or have.get("ServiceName"))
            actual.rivals = private_names.holders(endpoints, *place, {_id(endpoint) for endpoint in found})
            self._require(item)
            if actual.state in ("", "deleting") or item.replace:
                actual.arns = self._looked_up(item)
        return actual

    def _add_acceptance(self, items: t.Sequence[VpcEndpoint], found: t.Mapping[str, Actual | ItemError]) -> None:
        """One call for the services of a region that new endpoints with private DNS lead to.

        Of a service that AWS does not show, it refuses the endpoint; until then its owner counts as one who is asked.
        """
        asking = []
        for item in items:
            actual = found[item.name]
            if isinstance(actual, Actual) and _asks_acceptance(item, actual):
                asking.append((item, actual))
        names: dict[str, set[str]] = {}
        for item, dummy in asking:
            names.setdefault(item.service_region or self.api.region, set()).add(str(item.service_name))
        for region, wanted in names.items():
            new = wanted - self.acceptance.keys()
            params = {} if region == self.api.region else {"ServiceRegions": [region]}
            details = self.api.filtered(DESCRIBE_SERVICES, "ServiceDetails", "service-name", new, **params)
            self.acceptance.update(dict.fromkeys(new, True))
            self.acceptance.update({row["ServiceName"]: bool(row.get("AcceptanceRequired", True)) for row in details})
        for item, actual in asking:
            actual.acceptance = self.acceptance[str(item.service_name)]

    def _created(self, item: VpcEndpoint, endpoints: t.Sequence[Endpoint], made: Made) -> Endpoint | None:
        """The endpoint that this run has created, even where the listing does not show it yet."""
        created: Endpoint | None = made.get(CREATE, {}).get("VpcEndpoint")
        if created is None:
            return None
        listed = next((endpoint for endpoint in endpoints if _id(endpoint) == _id(created)), None)
        if listed is None and self.tokens.is_lost(item.name):
            del made[CREATE]
            return None
        return listed or created

    def _require(self, item: VpcEndpoint) -> None:
        """A service of this region, and options that came to botocore later than what the collection asks for."""
        self._require_region(item)
        if item.target and item.kind != "Interface":
            self.api.require(CREATE, item.target[0].member, item.target[0].option)
        for option, member in (
            ("service_region", "ServiceRegion"),
            ("private_dns_preference", "DnsOptions.PrivateDnsPreference"),
            ("private_dns_specified_domains", "DnsOptions.PrivateDnsSpecifiedDomains"),
        ):
            if getattr(item, option) is not None:
                self.api.require(CREATE, member, option)

    def _require_region(self, item: VpcEndpoint) -> None:
        """Raise ItemError for an endpoint service in another region than the one that the item says, or the run's."""
        named = arns.ENDPOINT_SERVICE_NAME.fullmatch(item.service_name or "")
        there = named[1] if named else ""
        if there and item.service_region is None and there != self.api.region:
            raise ItemError(
                f"{item.service_name} is in {there}, and this run in {self.api.region}: give the service of this "
                f"region, or service_region={there} where its owner supports {self.api.region}."
            )
        if there and item.service_region not in (None, there):
            raise ItemError(f"{item.service_name} is in {there}, not in {item.service_region} as service_region says.")

    def _looked_up(self, item: VpcEndpoint) -> dict[str, str]:
        """AWS wants ARNs, people have ids. Both listings show what the account owns and what is shared with it."""
        if item.target is None or item.target[1].startswith("arn:") or not item.target[0].listing:
            return {}
        listing = item.target[0].listing
        if listing not in self.arns:
            resources = self.api.pages(listing, "items", maxResults=100)
            self.arns[listing] = {resource["id"]: resource["arn"] for resource in resources}
        return self.arns[listing]

    def plan(self, item: VpcEndpoint, actual: Actual) -> Plan:
        if item.state == "absent":
            return plan_absent(item, actual)
        if actual.reused is not None:
            return plan_reused(item, actual, actual.reused)
        if actual.behind:
            return Plan(waiting=f"the endpoint of {actual.behind}, which leads to {item.service_name} too")
        if actual.endpoint is None:
            return plan_create(item, actual, self.check_mode)
        if actual.state == "deleting":
            return plan_create(item, actual, self.check_mode, _gone(actual.id))
        return plan_update(item, actual, actual.endpoint, self.check_mode)


def _asks_acceptance(item: VpcEndpoint, actual: Actual) -> bool:
    """Whether it matters that the service's owner must accept: a new endpoint is to have private DNS."""
    offered = arns.ENDPOINT_SERVICE_NAME.fullmatch(item.service_name or "")
    new = actual.state in ("", "deleting") or item.replace
    return bool(item.state == "present" and item.private_dns_enabled and offered and new and not actual.reused)


def _queue(items: t.Sequence[VpcEndpoint], found: t.Mapping[str, Actual | ItemError]) -> None:
    """Of new items that lead to one service in one VPC, one makes the endpoint, and those that may use it wait."""
    makers: dict[tuple[str | None, ...], str] = {}
    for item in sorted(items, key=lambda item: item.reuse):
        actual = found[item.name]
        if item.state == "present" and item.service_name and isinstance(actual, Actual) and not actual.state:
            maker = makers.setdefault((item.kind, *_where(item)), item.name)
            actual.behind = maker if item.reuse and maker != item.name and actual.reused is None else ""


def shared_endpoint(item: VpcEndpoint, endpoints: t.Sequence[Endpoint]) -> Endpoint | None:
    """The endpoint of another name that serves in the item's VPC what the item wants: of several, the oldest.

    Those of the collection's own come first, for they may be used without being asked for. A gateway serves route
    tables, each of which takes one for a service.
    """
    same = [endpoint for endpoint in endpoints if (endpoint.get("VpcId"), endpoint.get("ServiceName")) == _where(item)]
    living = [
        endpoint
        for endpoint in same
        if endpoint.get("VpcEndpointType") == item.kind and _state(endpoint) not in ("deleting", *DEAD)
    ]
    if item.kind == "Gateway" and item.route_table_ids:
        living = [
            endpoint for endpoint in living if set(endpoint.get("RouteTableIds") or ()) & set(item.route_table_ids)
        ]
    living = [endpoint for endpoint in living if not ownership.is_ours(item, _tags(endpoint))]

    def order(endpoint: Endpoint) -> tuple[bool, str, str]:
        return not _is_collections(item, endpoint), str(endpoint.get("CreationTimestamp")), _id(endpoint)

    return min(living, key=order, default=None)


def _where(item: VpcEndpoint) -> tuple[str | None, str | None]:
    return item.vpc_id, item.service_name


def _is_collections(item: VpcEndpoint, endpoint: Endpoint) -> bool:
    """Whether another item of the same environment has made an endpoint."""
    tags = _tags(endpoint)
    made = tagging.OWN_TAG in tags and not ownership.is_adopted(tags)
    return made and not ownership.elsewhere(item, tags)


def find(item: VpcEndpoint, endpoints: t.Sequence[Endpoint], left: bool = False) -> list[Endpoint]:
    """The endpoint that an item means, by id, else by the collection's tags; behind it, what else is the item's.

    Where several are, those in the item's place only, the oldest that serves first. Live endpoints come before failed
    ones, failed ones before deleting ones; of those to be there, only the first kind is told. ``left`` is whether this
    run has left one that was adopted.
    """
    if item.vpc_endpoint_id:
        return _named(item, endpoints, left)
    same = ownership.ours(item, endpoints, "Endpoint", _id_and_tags)
    same = [endpoint for endpoint in same if not _place(item, endpoint)] or same[:1]
    places = {(endpoint.get("VpcId"), *(endpoint.get(target.member) for target in TARGETS)) for endpoint in same}
    if len(places) > 1:
        ids = ", ".join(sorted(f"{_id(endpoint)} in {endpoint.get('VpcId')}" for endpoint in same))
        raise ItemError(
            f"Several endpoints have the name {item.name}: {ids}. Say which by vpc_id and what it leads to."
        )
    same.sort(
        key=lambda endpoint: (_state(endpoint) != "available", str(endpoint.get("CreationTimestamp")), _id(endpoint))
    )
    going = [endpoint for endpoint in same if _state(endpoint) == "deleting"]
    dead = [endpoint for endpoint in same if _state(endpoint) in DEAD]
    serving = [endpoint for endpoint in same if endpoint not in going and endpoint not in dead]
    if item.state == "absent":
        return [*serving, *dead, *going]
    return serving or dead[:1] or going[:1]


def _named(item: VpcEndpoint, endpoints: t.Sequence[Endpoint], left: bool) -> list[Endpoint]:
    same = [endpoint for endpoint in endpoints if _id(endpoint) == item.vpc_endpoint_id]
    same = [endpoint for endpoint in same if not ownership.is_left(item, _tags(endpoint), left)]
    for endpoint in same:
        ownership.check(item, f"Endpoint {item.vpc_endpoint_id}", _tags(endpoint))
    if item.state == "present" and (not same or _state(same[0]) == "deleting"):
        raise ItemError(
            f"{item.vpc_endpoint_id} does not exist in this account and region, or is being deleted. Leave out "
            "vpc_endpoint_id to make a new endpoint."
        )
    return same


def _id(endpoint: Endpoint) -> str:
    return str(endpoint["VpcEndpointId"])


def _state(endpoint: Endpoint) -> str:
    """In lower case, because AWS's answers and its model differ in that."""
    return str(endpoint["State"]).lower()


def _tags(endpoint: Endpoint) -> dict[str, str]:
    return tagging.as_dict(endpoint.get("Tags"))


def name_of(endpoint: Endpoint) -> str | None:
    """The name of the item that an endpoint belongs to, by the collection's tag."""
    return _tags(endpoint).get(tagging.OWN_TAG)


def _id_and_tags(endpoint: Endpoint) -> tuple[str, dict[str, str]]:
    return str(endpoint["VpcEndpointId"]), _tags(endpoint)


def plan_absent(item: VpcEndpoint, actual: Actual) -> Plan:
    """Delete what is the item's and wait until it is gone. An adopted endpoint is left as it is, without our tags."""
    if actual.endpoint is None:
        return Plan() if actual.reused is None else _plan_unused(item, actual.reused)
    plan = Plan(before=_shown(actual.endpoint), result=as_result(actual.endpoint))
    for endpoint in (actual.endpoint, *actual.surplus):
        _refuse_other_place(item, endpoint)
        if ownership.is_adopted(_tags(endpoint)):
            own = tagging.own(_tags(endpoint))
            plan.changes += tagging.ec2_changes(_id(endpoint), {}, own)
            kept = {key: value for key, value in _tags(endpoint).items() if key not in own}
            plan.after = {**plan.before, "tags": kept}
        elif _state(endpoint) == "deleting":
            plan.waiting = _gone(_id(endpoint))
        elif _others_tables(item, endpoint):
            _plan_narrower(plan, item, endpoint)
        elif _users(endpoint):
            said = f"{_id(endpoint)} stays, for {', '.join(_users(endpoint))} uses it: take that away first"
            plan.after, plan.result["kept"] = plan.before, [said]
        else:
            plan.changes.append(_delete(_id(endpoint)))
    return plan


def _others_tables(item: VpcEndpoint, endpoint: Endpoint) -> list[str]:
    """Route tables of a gateway endpoint beside those that the item lists, if it lists any: others have added them."""
    return sorted(set(endpoint.get("RouteTableIds") or ()) - set(item.route_table_ids)) if item.route_table_ids else []


def _plan_narrower(plan: Plan, item: VpcEndpoint, endpoint: Endpoint) -> None:
    """Take the item's route tables out of a gateway endpoint that others use, too."""
    kept, ours = _others_tables(item, endpoint), set(item.route_table_ids or ())
    going = sorted(ours & set(endpoint.get("RouteTableIds") or ()))
    if going:
        params = {"VpcEndpointId": _id(endpoint), "RemoveRouteTableIds": going}
        plan.changes.append(Change(MODIFY, params, f"take {', '.join(going)} out of {_id(endpoint)}"))
    plan.after = {**plan.before, "route_table_ids": kept}
    plan.warnings.append(
        f"{item.name}: {_id(endpoint)} stays, for route tables that are not listed lead to it: {', '.join(kept)}. To "
        "delete it all the same, list these, too, or leave out route_table_ids."
    )


def _plan_unused(item: VpcEndpoint, endpoint: Endpoint) -> Plan:
    """What an item used that is not its own stays; that it did so is on it no more."""
    if not item.adopt and not _is_collections(item, endpoint):
        return Plan()
    plan = Plan(before=_shown(endpoint), result={"left": [_id(endpoint)]})
    mark = _use(item)
    kept = {key: value for key, value in plan.before["tags"].items() if key != mark}
    plan.after = {**plan.before, "tags": kept}
    plan.changes = tagging.ec2_changes(_id(endpoint), {}, [mark] if mark in plan.before["tags"] else [])
    return plan


def _use(item: VpcEndpoint) -> str:
    """The tag that says on what another item has made that this one uses it."""
    return tagging.USER_TAG + resource_name(item.name)


def _users(endpoint: Endpoint) -> list[str]:
    """Who uses an endpoint beside the item that has made it."""
    marks = [key for key in _tags(endpoint) if key.startswith(tagging.USER_TAG)]
    return sorted(key[len(tagging.USER_TAG) :] for key in marks)


def plan_reused(item: VpcEndpoint, actual: Actual, endpoint: Endpoint) -> Plan:
    """Use an endpoint that is not the item's as it is. Raises ItemError for one that may not be, or does not do."""
    which = f"{_id(endpoint)} leads to {item.service_name} in {item.vpc_id}"
    alone = "VPC has one endpoint with the private DNS name of a service"
    if item.kind == "Gateway":
        alone = "route table has one gateway endpoint to a service"
    if not item.adopt and not _is_collections(item, endpoint):
        raise ItemError(
            f"{which} already, and was not made here. A {alone}, "
            "so no second was made. Set adopt=true to use that one: it is neither changed nor deleted."
        )
    missing = sorted(set(item.route_table_ids or ()) - set(endpoint.get("RouteTableIds") or ()))
    if missing:
        raise ItemError(
            f"{which} from some of the route tables, but not from {', '.join(missing)}, and was not made for "
            f"{item.name}, so it was not changed. Have its owner add {', '.join(missing)}, or leave these out."
        )
    plan = _standing(item, dataclasses.replace(actual, endpoint=endpoint), endpoint)
    plan.result["reused"] = True
    lacking = item.private_dns_enabled and not endpoint.get("PrivateDnsEnabled")
    if lacking and _state(endpoint) in ("available", "partial"):
        raise ItemError(
            f"{which} without private DNS, and was not made for {item.name}, so it was not changed. Have its owner "
            "switch private DNS on, or set private_dns_enabled=false where names are led to it otherwise."
        )
    mark = _use(item)
    if _is_collections(item, endpoint) and mark not in _tags(endpoint):
        used = {mark: item.environment or "true"}
        plan.changes = tagging.ec2_changes(_id(endpoint), used, [])
        plan.after = {**plan.before, "tags": {**plan.before["tags"], **used}}
    return plan


def plan_create(item: VpcEndpoint, actual: Actual, check_mode: bool, after: str = "") -> Plan:
    """Create the endpoint, ``after`` a former one of the name is gone."""
    needed = ("vpc_id",) if item.kind == "Gateway" else ("vpc_id", "subnet_ids")
    missing = [option for option in needed if not getattr(item, option)]
    if item.target is None:
        options = [target.option for target in TARGETS if item.type in (None, *TYPES.get(target.type, (target.type,)))]
        missing.append(options[0] if len(options) == 1 else f"one of {', '.join(options)}")
    if missing:
        raise ItemError(f"Endpoint {item.name} does not exist: to create it, give {' and '.join(missing)}.")
    tags = tagging.own_tags(item)
    away = item.service_region not in (None, actual.region)
    has_private_dns = False if actual.acceptance else item.private_dns_enabled
    params = {
        "VpcEndpointType": item.kind,
        "VpcId": item.vpc_id,
        **_target_params(item, actual, check_mode),
        "ServiceRegion": item.service_region if away else None,
        "SubnetIds": sorted(set(item.subnet_ids or [])),
        "SecurityGroupIds": sorted(set(item.security_group_ids or [])),
        "RouteTableIds": sorted(set(item.route_table_ids or [])),
        "IpAddressType": item.ip_address_type,
        "PrivateDnsEnabled": has_private_dns,
        "DnsOptions": {key: value for key, value in _dns_options(item).items() if value is not None},
        "PolicyDocument": item.policy,
        "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": tagging.as_aws(tags)}],
    }
    params = {key: value for key, value in params.items() if value not in (None, [], {})}
    params["ClientToken"] = token(actual.seed, params)
    shown = {**_wanted_shown(item), "tags": tags}
    if item.kind == "Interface":
        shown.setdefault("private_dns_enabled", private_names.DEFAULT)
        after = after or private_names.to_be_free(item.name, actual.rivals, has_private_dns is not False)
    create = Change(CREATE, params, f"create endpoint {item.name}", after)
    if actual.acceptance:
        shown["private_dns_enabled"] = False
    return Plan([create], after=shown)


def plan_update(item: VpcEndpoint, actual: Actual, endpoint: Endpoint, check_mode: bool) -> Plan:
    """Change what AWS changes in place, refuse the rest unless the endpoint may be replaced."""
    reason = _dead(actual, endpoint) or ("" if actual.created else _immutable(item, endpoint))
    if reason and item.replace:
        _refuse_replacing(item, endpoint)
    if reason and item.replace and not actual.created:  # once in a run, or what fails would be remade for ever
        plan = plan_create(item, actual, check_mode, _gone(actual.id))
        plan.changes.insert(0, _delete(actual.id))
        plan.before, plan.result = _shown(endpoint), as_result(endpoint)
        return plan
    if reason:
        raise ItemError(reason)
    plan = _standing(item, actual, endpoint)
    before, pending = plan.before, plan.waiting if plan.poll else ""
    for extra in actual.surplus:
        if not ownership.is_adopted(_tags(extra)):
            plan.changes.append(_delete(_id(extra)))
    to_set, to_remove = tagging.changes(before["tags"], item, item.purge_tags, item.adopt and not actual.created)
    plan.changes += tagging.ec2_changes(actual.id, to_set, to_remove)
    theirs = ownership.is_theirs(item, _tags(endpoint)) and not actual.created
    changed, modify = ([], {}) if theirs else _modification(item, endpoint)
    if not plan.poll and modify.pop("PrivateDnsEnabled", None) is not None:  # it waits for its acceptance
        changed.remove("private_dns_enabled")
        plan.waiting += f"; the run after that switches private DNS {'on' if item.private_dns_enabled else 'off'}"
    pending = pending or private_names.to_be_free(item.name, actual.rivals, bool(modify.get("PrivateDnsEnabled")))
    if modify:  # after the tags: a policy may allow it to what has ours alone
        params = {"VpcEndpointId": actual.id, **modify}
        plan.changes.append(Change(MODIFY, params, f"change {', '.join(sorted(modify))}", pending))
    if plan.changes:
        tags = {key: value for key, value in {**before["tags"], **to_set}.items() if key not in to_remove}
        plan.after = {**before, **{option: _wanted_shown(item)[option] for option in changed}, "tags": tags}
        if "route_table_ids" in changed:
            plan.after["route_table_ids"] = sorted(_wanted_route_tables(item, before["route_table_ids"]))
    return plan


def _standing(item: VpcEndpoint, actual: Actual, endpoint: Endpoint) -> Plan:
    """An endpoint as it is, and what is waited for: with C(poll) for AWS, without for the owner of its service."""
    shown = _shown(endpoint)
    plan = Plan(before=shown, after=shown, result=as_result(endpoint))
    if actual.state == "pending":
        plan.waiting = f"endpoint {actual.id} to be available"
    elif actual.state == "pendingacceptance":
        plan.waiting, plan.poll = f"the owner of {endpoint.get('ServiceName')} to accept {actual.id}", False
    elif not actual.listed:
        plan.waiting = f"endpoint {actual.id} to be listed"
    elif actual.state == "partial":
        plan.warnings.append(f"{item.name}: {actual.id} serves only in part. {_reason(endpoint)}".rstrip())
    return plan


def _gone(endpoint_id: str) -> str:
    return f"endpoint {endpoint_id} to be deleted"


def _delete(endpoint_id: str) -> Change:
    settled = ("InvalidVpcEndpoint.NotFound", "InvalidVpcEndpointId.NotFound")
    params = {"VpcEndpointIds": [endpoint_id]}
    return Change(DELETE, params, f"delete endpoint {endpoint_id}", settled_by=settled)


def _dead(actual: Actual, endpoint: Endpoint) -> str:
    """Why an endpoint is of no use any more and what to do about it; "" for one that may serve."""
    anew = "To ask anew, set replace=true, which deletes it and makes a new one."
    if actual.state == "failed":
        return " ".join(filter(None, [f"{actual.id} has failed.", _reason(endpoint), "Mend the cause.", anew]))
    if actual.state in DEAD:
        return f"{actual.id} is {actual.state}: the owner of {endpoint.get('ServiceName')} did not accept it. {anew}"
    return ""


def _reason(endpoint: Endpoint) -> str:
    """AWS's own words about what went wrong, "" where it has none."""
    error = endpoint.get("LastError") or {}
    said = [error.get("Code"), error.get("Message"), endpoint.get("FailureReason")]
    return ": ".join(dict.fromkeys(str(part).rstrip(".") for part in said if part)) + "." if any(said) else ""


def _immutable(item: VpcEndpoint, endpoint: Endpoint) -> str:
    """What the options ask for that AWS changes in no endpoint that exists; "" for nothing."""
    have, wanted = _shown(endpoint), _wanted_shown(item)
    fixed = [*WHERE]
    fixed += ["private_dns_preference", "private_dns_specified_domains"]
    if have["type"] != "Interface":
        fixed.append("private_dns_enabled")
    fixed += ["subnet_ids", "security_group_ids"] if have["type"] == "Gateway" else ["route_table_ids"]
    differ = [option for option in fixed if option in wanted and _differs(option, have.get(option), wanted[option])]
    if not differ:
        return ""
    said = "; ".join(f"{option} is {have.get(option)}, not {wanted[option]}" for option in differ)
    advice = "Set replace=true to have it deleted and made anew, which cuts its connections."
    if "vpc_id" in differ:  # what is in another VPC is not replaced
        advice = "Use another name here, or take that one away there first."
    return f"AWS cannot change this in {endpoint['VpcEndpointId']}: {said}. {advice}"


def _place(item: VpcEndpoint, endpoint: Endpoint) -> list[str]:
    """In what an endpoint is another one than the item means: its type, its VPC, what it leads to."""
    have, wanted = _shown(endpoint), _wanted_shown(item)
    differ = [option for option in WHERE if option in wanted and _differs(option, have.get(option), wanted[option])]
    return [f"{option} is {have.get(option)}, not {wanted[option]}" for option in differ]


def _refuse_other_place(item: VpcEndpoint, endpoint: Endpoint) -> None:
    """Raise ItemError for an endpoint of the item's name that is another one all the same."""
    differ = _place(item, endpoint)
    if differ:
        raise ItemError(
            f"{endpoint['VpcEndpointId']} has the name {item.name}, but is another endpoint: {'; '.join(differ)}. It "
            "was not deleted. Say what it is, or give the name alone with vpc_endpoint_id."
        )


def _refuse_replacing(item: VpcEndpoint, endpoint: Endpoint) -> None:
    """Raise ItemError where a new endpoint would not take the place of the old one, or the old one is not ours."""
    have = endpoint.get("VpcId")
    if item.vpc_id not in (None, have):
        raise ItemError(
            f"{endpoint['VpcEndpointId']} of the name {item.name} is in {have}, not in {item.vpc_id}, and was not "
            "replaced: what is in another VPC serves others. Use another name here, or take that one away there first."
        )
    if ownership.is_theirs(item, _tags(endpoint)):
        raise ItemError(f"{endpoint['VpcEndpointId']} was adopted and is not replaced. Use another name for a new one.")
    others = _others_tables(item, endpoint)
    if others:
        raise ItemError(
            f"{endpoint['VpcEndpointId']} is not replaced, for route tables that are not listed lead to it: "
            f"{', '.join(others)}. List these, too, in route_table_ids."
        )


def _differs(option: str, have: t.Any, wanted: t.Any) -> bool:
    """Targets are compared by their last part: ids and ARNs name the same thing. Names of domains know no case.

    A target that is known after its creation cannot be compared, nor a region that AWS does not tell.
    """
    if wanted == UNKNOWN or (option == "service_region" and have is None):
        return False
    if option in ("resource_configuration", "service_network"):
        return str(have).rsplit("/", 1)[-1] != str(wanted).rsplit("/", 1)[-1]
    if option == "private_dns_specified_domains":
        return not private_domains.same_domains(have, wanted)
    return bool(have != wanted)


def _target_params(item: VpcEndpoint, actual: Actual, check_mode: bool) -> dict[str, str]:
    """What the endpoint leads to, by ARN. In check mode what is still to be shared stands in for itself."""
    if item.target is None:
        return {}
    target, wanted = item.target
    if not target.listing or wanted.startswith("arn:"):
        return {target.member: wanted}
    if wanted not in actual.arns and not check_mode:
        raise ItemError(
            f"{target.option} {wanted} is neither in this account and region nor shared with it. Accept its share "
            "first (resource_share), or give its ARN."
        )
    return {target.member: actual.arns.get(wanted, wanted)}


def _dns_options(item: VpcEndpoint) -> dict[str, t.Any]:
    return {
        "DnsRecordIpType": item.dns_record_ip_type,
        "PrivateDnsPreference": item.private_dns_preference,
        "PrivateDnsSpecifiedDomains": item.private_dns_specified_domains or None,
    }


def _modification(item: VpcEndpoint, endpoint: Endpoint) -> tuple[list[str], dict[str, t.Any]]:
    """The options that AWS changes in place and that differ, and the parameters of the one call that does it."""
    have, wanted = _shown(endpoint), _wanted_shown(item)
    params: dict[str, t.Any] = {}
    for option, suffix in (("subnet_ids", "SubnetIds"), ("security_group_ids", "SecurityGroupIds")):
        ids = set(wanted.get(option, have[option]))
        params[f"Add{suffix}"] = sorted(ids - set(have[option]))
        params[f"Remove{suffix}"] = sorted(set(have[option]) - ids)
    if item.route_table_ids is not None:
        tables, standing = _wanted_route_tables(item, have["route_table_ids"]), set(have["route_table_ids"])
        params["AddRouteTableIds"], params["RemoveRouteTableIds"] = sorted(tables - standing), sorted(standing - tables)
    plain = ("subnet_ids", "security_group_ids", "ip_address_type", "private_dns_enabled", "dns_record_ip_type")
    changed = [option for option in plain if option in wanted and wanted[option] != have[option]]
    params["IpAddressType"] = item.ip_address_type if "ip_address_type" in changed else None
    params["PrivateDnsEnabled"] = item.private_dns_enabled if "private_dns_enabled" in changed else None
    if "dns_record_ip_type" in changed:
        params["DnsOptions"] = {"DnsRecordIpType": item.dns_record_ip_type}
    if params.get("AddRouteTableIds") or params.get("RemoveRouteTableIds"):
        changed.append("route_table_ids")
    if "policy" in wanted and compare_policies(have["policy"], wanted["policy"]):
        changed.append("policy")
        params["PolicyDocument"] = item.policy
    return changed, {key: value for key, value in params.items() if value not in (None, [])}


def _wanted_route_tables(item: VpcEndpoint, have: t.Iterable[str]) -> set[str]:
    """Those of the item, and those that others have added unless they are purged."""
    return set(item.route_table_ids or ()) | (set() if item.purge_route_table_ids else set(have))


def as_result(endpoint: Endpoint) -> dict[str, t.Any]:
    """An endpoint as modules return it: AWS's own fields in snake case, and the ids of its security groups."""
    result: dict[str, t.Any] = dict(boto3_resource_to_ansible_dict(dict(endpoint), force_tags=False) or {})
    return {**result, "security_group_ids": sorted(group["GroupId"] for group in endpoint.get("Groups") or [])}


def _shown(endpoint: Endpoint) -> dict[str, t.Any]:
    """The endpoint in the words of the options, for comparison and diff."""
    dns = endpoint.get("DnsOptions") or {}
    shown = {
        "type": endpoint.get("VpcEndpointType"),
        "vpc_id": endpoint.get("VpcId"),
        **{target.option: endpoint[target.member] for target in TARGETS if endpoint.get(target.member)},
        **({"service_region": endpoint["ServiceRegion"]} if endpoint.get("ServiceRegion") else {}),
        "subnet_ids": sorted(endpoint.get("SubnetIds") or []),
        "security_group_ids": sorted(group["GroupId"] for group in endpoint.get("Groups") or []),
        "ip_address_type": _lower(endpoint.get("IpAddressType")),  # AWS answers IPV4 for some types
        "private_dns_enabled": bool(endpoint.get("PrivateDnsEnabled")),
        "dns_record_ip_type": _lower(dns.get("DnsRecordIpType")),
        "policy": json.loads(endpoint.get("PolicyDocument") or "{}"),
        "tags": tagging.as_dict(endpoint.get("Tags")),
    }
    if endpoint.get("VpcEndpointType") == "Gateway":
        shown["route_table_ids"] = sorted(endpoint.get("RouteTableIds") or [])
    elif endpoint.get("VpcEndpointType") != "Interface":
        shown["private_dns_preference"] = dns.get("PrivateDnsPreference")
        shown["private_dns_specified_domains"] = sorted(dns.get("PrivateDnsSpecifiedDomains") or [])
    return shown


def _lower(text: str | None) -> str | None:
    return text.lower() if text else text


def _wanted_shown(item: VpcEndpoint) -> dict[str, t.Any]:
    """The options of an item that are set, beside its tags, as C(_shown) shows them."""
    shown: dict[str, t.Any] = {
        "type": item.kind,
        "vpc_id": item.vpc_id,
        **{target.option: getattr(item, target.option) for target in TARGETS},
        "service_region": item.service_region,
        "ip_address_type": item.ip_address_type,
        "private_dns_enabled": item.private_dns_enabled,
        "private_dns_preference": item.private_dns_preference,
        "dns_record_ip_type": item.dns_record_ip_type,
        "policy": None if item.policy is None else json.loads(item.policy),
    }
    for option in ("subnet_ids", "security_group_ids", "route_table_ids", "private_dns_specified_domains"):
        value = getattr(item, option)
        shown[option] = None if value is None else sorted(set(value))
    if item.private_dns_preference not in private_domains.NAMING:  # AWS answers "*" where there can be none
        shown["private_dns_specified_domains"] = None
    return {option: value for option, value in shown.items() if value is not None}
