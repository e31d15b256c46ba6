# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private endpoint rules of Databricks: what is wanted of one, which one that is, and what its state means.

This module util is PRIVATE to the collection. It calls nothing.

A rule is an endpoint that Databricks makes for serverless compute, to an endpoint service of the customer's or to S3.
Sources: REST API reference (network-connectivity, private-endpoint-rules), the Terraform provider's page of
C(mws_ncc_private_endpoint_rule), and "Configure private connectivity to resources in your VPC" (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import host_fault, is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import Object
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import check_id, check_listed

SERVICE = r"com\.amazonaws\.vpce\.([a-z0-9-]+)\.vpce-svc-[0-9a-f]{17}"
S3_SERVICE = r"com\.amazonaws\.[a-z0-9-]+\.s3"
BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
ADDRESS = r"[0-9.]+"
FIELDS = (
    "rule_id",
    "endpoint_service",
    "domain_names",
    "resource_names",
    "vpc_endpoint_id",
    "connection_state",
    "enabled",
    "error_message",
)
UNDECIDED = ("", "CREATING", "PENDING")
ESTABLISHED = "ESTABLISHED"
GOES_AT_ONCE = ("PENDING", "EXPIRED")
"""States in which a deleted rule is gone at once. In any other it is deactivated, and gone a day later."""
AGAIN = "replace=true makes another one in its place, with an endpoint of its own to accept."


class State(t.NamedTuple):
    meaning: str
    remedy: str = ""


STATES = {
    "": State("Databricks has not said yet"),
    "CREATING": State("Databricks makes its endpoint"),
    "PENDING": State("nobody has let its endpoint in yet"),
    ESTABLISHED: State("it works"),
    "REJECTED": State(
        "the owner of the endpoint service has rejected its endpoint", f"Accept it there after all. Or {AGAIN}"
    ),
    "DISCONNECTED": State(
        "the owner of the endpoint service has ended its connection", f"It never works again. {AGAIN}"
    ),
    "EXPIRED": State("nobody has let its endpoint in for 14 days", f"It never works again. {AGAIN}"),
    "CREATE_FAILED": State(
        "Databricks could not make its endpoint",
        f"See that the endpoint service is there and allows Databricks' role for the region. Then {AGAIN}",
    ),
}


@dataclass(frozen=True)
class Limits:
    """What Databricks allows of each; none of it can be read. The fields are options.

    "PrivateLink concepts" (docs.databricks.com/aws, read 2026-11). An older page says 30 endpoints to VPC resources.
    """

    connectivity_configs_per_region: int = 10
    workspaces_per_connectivity_config: int = 50
    vpc_rules_per_region: int = 100
    s3_rules_per_region: int = 30
    domain_names_per_rule: int = 10

    def of_rules(self, to_s3: bool) -> tuple[str, int]:
        name = "s3_rules_per_region" if to_s3 else "vpc_rules_per_region"
        return name, getattr(self, name)


@dataclass(frozen=True)
class Rule:
    """One wanted rule; the fields are the options of an entry of C(rules)."""

    rule_id: str | None = None
    endpoint_service: str | None = None
    domain_names: list[str] | None = None
    resource_names: list[str] | None = None
    enabled: bool | None = None

    @property
    def to_s3(self) -> bool:
        return self.resource_names is not None

    @property
    def member(self) -> str:
        """The field of the API that holds what is reached."""
        return "resource_names" if self.to_s3 else "domain_names"

    @property
    def names(self) -> list[str]:
        """What is reached, as it is compared: Databricks and DNS do not tell upper from lower case."""
        return sorted(name.lower() for name in self.resource_names or self.domain_names or [])

    @property
    def told(self) -> str:
        return f"rule for {', '.join(self.names)}"

    def body(self, region: str) -> dict[str, t.Any]:
        """The rule as it is made. Whether it is enabled can be said only once it is ESTABLISHED."""
        service = self.endpoint_service or f"com.amazonaws.{region}.s3"
        return {"endpoint_service": service, self.member: self.names}

    def check(self, limits: Limits) -> None:
        """Raise ItemError for values that can never be right."""
        check_id("rule_id", self.rule_id, " of a rule")
        if (self.domain_names is None) == (self.resource_names is None):
            raise ItemError(
                "rules: give each either domain_names, of what is behind an endpoint service, or resource_names, of S3."
            )
        if not self.names:
            raise ItemError(f"rules: {self.member} is empty. To have no such rule, leave it out and set purge_rules.")
        check_listed(f"rules: {self.member}", self.names)
        if self.to_s3:
            self._check_s3()
        else:
            self._check_vpc(limits)

    def _check_s3(self) -> None:
        for name in self.names:
            if not is_of_form(BUCKET, name):
                raise ItemError(f"rules: resource_names: {name!r} is not the name of a bucket.")
        if self.endpoint_service and not is_of_form(S3_SERVICE, self.endpoint_service):
            raise ItemError(
                "rules: endpoint_service of a rule for buckets is com.amazonaws.REGION.s3, and not "
                f"{self.endpoint_service!r}. It may be left out."
            )

    def _check_vpc(self, limits: Limits) -> None:
        if not is_of_form(SERVICE, self.endpoint_service):
            raise ItemError(
                f"rules: endpoint_service is {self.endpoint_service!r}, and not the name of an endpoint service, as in "
                "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0."
            )
        if self.enabled is not None:
            raise ItemError("rules: enabled is for rules with resource_names alone.")
        if len(self.names) > limits.domain_names_per_rule:
            raise ItemError(
                f"rules: a rule has {limits.domain_names_per_rule} domain_names at most, not {len(self.names)}. "
                "Another rule may have the others; limits.domain_names_per_rule says where Databricks allows you more."
            )
        for name in self.names:
            fault = "wildcards are not allowed" if "*" in name else host_fault(name)
            if not fault and ("." not in name or is_of_form(ADDRESS, name)):
                fault = "it must be a whole domain name, as serverless compute asks for it"
            if fault:
                raise ItemError(f"rules: domain_names: {name!r}: {fault}.")

    def service_in(self, region: str) -> str:
        return str(self.body(region)["endpoint_service"])

    def names_with(self, thing: Object, purge: bool) -> list[str]:
        """The names that a rule shall have: those of others stay, unless they are purged."""
        return self.names if purge else sorted({*self.names, *names_of(thing)})


def is_live(thing: Object) -> bool:
    """A rule that was deleted and is not gone yet is deactivated: it counts, but is not there."""
    return not thing.get("deactivated")


def is_to_s3(thing: Object) -> bool:
    return bool(thing.get("resource_names"))


def names_of(thing: Object) -> list[str]:
    return sorted(str(name).lower() for name in thing.get("resource_names") or thing.get("domain_names") or [])


def state_of(thing: Object) -> str:
    """Databricks' word; a rule that has none yet has just been made."""
    return str(thing.get("connection_state") or "CREATING").upper()


def is_dead(thing: Object) -> bool:
    """Whether a rule stays in a state in which it does not work."""
    return state_of(thing) not in (*UNDECIDED, ESTABLISHED)


def is_replaceable(thing: Object) -> bool:
    """Whether that state is one of which it is known that the rule is lost; any other may be new and mean well."""
    return is_dead(thing) and state_of(thing) in STATES


def told(thing: Object) -> str:
    return f"rule for {', '.join(names_of(thing))} ({thing.get('rule_id')})"


def problem(thing: Object) -> str:
    """What the state of a rule that does not work means, and what to do."""
    state = state_of(thing)
    known = STATES.get(state)
    if known is None:
        return f"{told(thing)} is in the state {state!r}, which is not known here."
    said = f" ({thing['error_message']})" if thing.get("error_message") else ""
    endpoint = f" Its endpoint is {thing['vpc_endpoint_id']}." if thing.get("vpc_endpoint_id") else ""
    return f"{told(thing)} is {state}: {known.meaning}{said}.{endpoint} {known.remedy}"


def awaited(thing: Object) -> str:
    """What must happen before a rule works; "" where nothing."""
    state = state_of(thing)
    endpoint = thing.get("vpc_endpoint_id")
    if state in ("", "CREATING") or (state in UNDECIDED and not endpoint):
        return f"{told(thing)}: Databricks to say which endpoint it makes ({state or 'no state yet'})"
    if state != "PENDING":
        return ""
    if is_to_s3(thing):
        return f"{told(thing)}: the policy of each bucket to let {endpoint} in"
    return f"{told(thing)}: {endpoint} to be accepted on {thing.get('endpoint_service')}"


def shown(thing: Object) -> dict[str, t.Any]:
    """As the modules return it, and the diff compares it."""
    known = STATES.get(state_of(thing))
    meaning = known.meaning if known else "a state that is not known here"
    return {**{name: thing.get(name) for name in FIELDS}, "meaning": meaning}


def match(wanted: t.Sequence[Rule], live: t.Sequence[Object], region: str) -> list[tuple[Rule, Object | None]]:
    """Each wanted rule with the one that is there for it, if any.

    That is the one of its id, else the one of its endpoint service. Of several it is the one of the same names, else
    one that has some of them; so it is with S3, whose endpoint service all buckets share.
    Raises ItemError where it cannot be told which is meant.
    """
    found: dict[int, Object] = {}
    for finds in (_by_id, _by_all_names, _by_some_names, _by_service):
        for place, rule in enumerate(wanted):
            if place in found or (rule.rule_id and finds is not _by_id):
                continue
            taken = [thing["rule_id"] for thing in found.values()]
            free = [thing for thing in live if thing["rule_id"] not in taken]
            fitting = finds(rule, free, region)
            if len(fitting) > 1:
                raise ItemError(
                    f"The {rule.told} may be {' or '.join(told(thing) for thing in fitting)}. Say which with rule_id."
                )
            if fitting:
                found[place] = fitting[0]
    return [(rule, found.get(place)) for place, rule in enumerate(wanted)]


def _by_id(rule: Rule, free: t.Sequence[Object], region: str) -> list[Object]:
    fitting = [thing for thing in free if rule.rule_id and thing["rule_id"] == rule.rule_id]
    if rule.rule_id and not fitting:
        raise ItemError(f"There is no rule {rule.rule_id} for {', '.join(rule.names)}. Leave rule_id out to make one.")
    service = rule.service_in(region)
    if fitting and fitting[0].get("endpoint_service") != service:
        raise ItemError(
            f"{told(fitting[0])} leads to {fitting[0].get('endpoint_service')}, which cannot be changed to {service}. "
            "Leave rule_id out to make another rule."
        )
    return fitting


def _of_service(rule: Rule, free: t.Sequence[Object], region: str) -> list[Object]:
    service = rule.service_in(region)
    return [thing for thing in free if thing.get("endpoint_service") == service and is_to_s3(thing) == rule.to_s3]


def _by_all_names(rule: Rule, free: t.Sequence[Object], region: str) -> list[Object]:
    """One of them, where a run was cut short and there are two; the one that is nearest to working."""
    fitting = [thing for thing in _of_service(rule, free, region) if names_of(thing) == rule.names]
    return sorted(fitting, key=_usefulness)[:1]


def _by_some_names(rule: Rule, free: t.Sequence[Object], region: str) -> list[Object]:
    return [thing for thing in _of_service(rule, free, region) if set(names_of(thing)) & set(rule.names)]


def _by_service(rule: Rule, free: t.Sequence[Object], region: str) -> list[Object]:
    """A rule whose names are all others: of an endpoint service it is the same one, of S3 it is not."""
    return [] if rule.to_s3 else _of_service(rule, free, region)


def _usefulness(thing: Object) -> tuple[int, str]:
    order = (ESTABLISHED, "PENDING", "CREATING")
    state = state_of(thing)
    return (order.index(state) if state in order else len(order), str(thing["rule_id"]))
