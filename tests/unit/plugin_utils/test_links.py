# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links: resolved, turned into items for the modules, and reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.saas.privatelink.plugins.filter.link_forwarders import link_forwarders
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links

ROLES = Path(__file__).parents[3] / "roles"
TABLE: dict[str, dict[str, Any]] = {
    "rds": {"pattern": "nlb_service", "port": 5432, "endpoint_kind": "instance"},
    "redshift": {"pattern": "redshift_grant"},
}
ORDERS = {
    "name": "orders",
    "vendor": "fivetran",
    "destination": "rds",
    "endpoint": "orders.example.com",
    "port": 5432,
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-a"],
    "allowed_principals": ["834469178297"],
    "owners": ["834469178297"],
    "state": "present",
}


def ok(*names: str, **facts: Any) -> dict[str, Any]:
    """A step that went well for the items of these names."""
    results = [
        {"name": n, "failed": False, "msg": "", "waiting": "", "writes": [], "changed": False, **facts} for n in names
    ]
    return {"results": results, "failed_items": []}


def failed(name: str, msg: str) -> dict[str, Any]:
    return {
        "results": [{"name": name, "failed": True, "msg": msg, "waiting": "", "writes": []}],
        "failed_items": [name],
    }


class TestResolve:
    def test_the_link_wins_over_the_table_and_the_table_over_the_defaults(self) -> None:
        a_link = {"name": "a", "destination": "rds", "port": 6432}
        links: list[dict[str, Any]] = [a_link, {"name": "b", "destination": "rds", "port": None}]
        a, b = resolve_links(links, TABLE, pattern="nlb_service", defaults={"port": 1, "vendor": "v"})
        assert (a["port"], b["port"], a["vendor"]) == (6432, 5432, "v")
        assert "pattern" not in a

    def test_links_of_other_patterns_are_left_out(self) -> None:
        links: list[dict[str, Any]] = [{"name": "a", "destination": "rds"}, {"name": "b", "destination": "redshift"}]
        assert [link["name"] for link in resolve_links(links, TABLE, pattern="redshift_grant")] == ["b"]

    def test_only_the_named_links_are_kept(self) -> None:
        links: list[dict[str, Any]] = [{"name": "a", "destination": "rds"}, {"name": "b", "destination": "rds"}]
        assert [link["name"] for link in resolve_links(links, TABLE, only=["b"])] == ["b"]

    @pytest.mark.parametrize(
        ("links", "message"),
        [
            ([{"name": "a", "destination": "oracle"}], "unknown destination 'oracle'. Known: rds, redshift"),
            ([{"destination": "rds"}], "needs a name"),
            ([{"name": "a", "destination": "redshift", "vpc_id": "vpc-1"}], "a: a link to redshift .* not take vpc_id"),
            ([{"name": "a", "destination": "rds"}] * 2, "rename a"),
            ([{"name": "a-b", "destination": "rds"}, {"name": "a_b", "destination": "rds"}], "privatelink-a-b"),
        ],
    )
    def test_what_cannot_be_is_refused(self, links: list[dict[str, Any]], message: str) -> None:
        with pytest.raises(AnsibleFilterError, match=message):
            resolve_links([dict(link) for link in links], TABLE)


class TestItems:
    def test_one_load_balancer_with_one_listener_for_each_link(self) -> None:
        (item,) = link_items([{**ORDERS, "listener_port": 80, "deregistration_delay": 30}], "load_balancers")
        assert item["name"] == "fivetran-orders"
        assert item["listeners"] == [
            {
                "port": 80,
                "target_group": {"name": "fivetran-orders-5432", "port": 5432, "deregistration_delay": 30},
            }
        ]

    def test_the_sync_names_the_same_target_group(self) -> None:
        (balancer,) = link_items([ORDERS], "load_balancers")
        (sync,) = link_items([ORDERS], "syncs")
        assert sync["target_group"] == balancer["listeners"][0]["target_group"]["name"]

    def test_links_that_failed_before_are_left_out(self) -> None:
        links: list[dict[str, Any]] = [ORDERS, {**ORDERS, "name": "crm"}]
        after = [failed("fivetran-crm", "no subnet")]
        assert [item["name"] for item in link_items(links, "services", after=after)] == ["fivetran-orders"]

    def test_a_connection_is_looked_up_by_the_service_just_made(self) -> None:
        after = [ok("fivetran-orders", service_id="vpce-svc-1")]
        assert link_items([ORDERS], "connections", after=after)[0]["service_id"] == "vpce-svc-1"

    def test_nothing_is_accepted_while_the_vendor_has_not_said_who_it_is(self) -> None:
        assert link_items([{**ORDERS, "awaiting": "ask"}], "connections") == []
        assert link_items([{**ORDERS, "awaiting": "ask"}], "grants") == []
        assert len(link_items([{**ORDERS, "awaiting": "ask"}], "services")) == 1


class TestReport:
    def report(self, *steps: dict[str, Any], **link: Any) -> dict[str, Any]:
        (entry,) = link_report([{**ORDERS, **link}], list(steps))
        return entry

    def test_connected(self) -> None:
        entry = self.report(ok("fivetran-orders", status="accepted", connections=[]))
        assert entry["line"] == "fivetran orders: connected"

    def test_waiting_on_the_vendor_says_what_to_hand_over(self) -> None:
        asked = ok("fivetran-orders", status="waiting", connections=[], waiting="account 1 to request")
        assert (
            self.report(asked, hand_off="send the sheet")["line"]
            == "fivetran orders: waiting on vendor: send the sheet"
        )

    def test_waiting_on_aws_while_a_connection_comes_up(self) -> None:
        coming = ok(
            "fivetran-orders",
            status="waiting",
            waiting="vpce-1 to be available",
            connections=[{"vpc_endpoint_state": "pending"}],
        )
        assert self.report(coming)["status"] == "waiting on AWS"

    def test_a_missing_value_of_the_vendor_comes_before_its_request(self) -> None:
        entry = self.report(ok("fivetran-orders"), awaiting="ask your CSM for it")
        assert (entry["status"], entry["next_action"]) == ("waiting on vendor", "ask your CSM for it")

    def test_failed_names_the_first_reason(self) -> None:
        entry = self.report(failed("fivetran-orders", "no such subnet"), ok("fivetran-orders"))
        assert entry["line"] == "fivetran orders: failed: no such subnet"

    def test_no_healthy_target_is_a_failure_even_when_connected(self) -> None:
        sick = [{"id": "10.0.0.1", "state": "unhealthy", "reason": "Target.FailedHealthChecks"}]
        entry = self.report(
            ok("fivetran-orders", healthy=False, targets=sick), ok("fivetran-orders", status="accepted")
        )
        assert entry["status"] == "failed"
        assert "10.0.0.1 unhealthy Target.FailedHealthChecks" in entry["next_action"]

    def test_redshift_without_an_endpoint_waits_on_the_vendor(self) -> None:
        assert (
            self.report(ok("fivetran-orders", endpoint_count=0), hand_off="tell them")["status"] == "waiting on vendor"
        )
        assert self.report(ok("fivetran-orders", endpoint_count=1))["status"] == "connected"

    def test_check_mode_counts_the_calls_to_make(self) -> None:
        for writes, said in ((["a"], "1 call to make"), (["a", "b"], "2 calls to make")):
            entry = self.report({**ok("fivetran-orders", writes=writes), "check_mode": True})
            assert (entry["status"], entry["next_action"]) == ("planned", said)

    def test_absent(self) -> None:
        assert self.report(ok("fivetran-orders"), state="absent")["status"] == "absent"
        moving = ok("fivetran-orders", waiting="connections to end")
        assert self.report(moving, state="absent")["status"] == "waiting on AWS"


@pytest.mark.parametrize("role", ["nlb_service", "redshift_grant"])
def test_what_a_link_lacks_is_filled_in_as_documented(role: str) -> None:
    spec = yaml.safe_load((ROLES / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]
    options = spec["options"][f"{role}_links"]["options"]
    documented = {name: option["default"] for name, option in options.items() if "default" in option}
    filled = yaml.safe_load((ROLES / role / "vars" / "main.yml").read_text())[f"__{role}_link_defaults"]
    assert filled == documented


class TestForwarders:
    FORWARDED: dict[str, Any] = {
        **ORDERS,
        "route": "port_forwarder",
        "forwarder": "main",
        "security_group_ids": ["sg-1"],
        "check_user": "haproxy",
    }
    GROUPS: list[dict[str, Any]] = [{"name": "main", "subnet_ids": ["subnet-b"]}, {"name": "spare"}]

    def test_each_has_the_databases_groups_and_target_groups_of_its_links(self) -> None:
        billing = {**self.FORWARDED, "name": "billing", "forwarder_port": 6432, "security_group_ids": ["sg-2"]}
        listener = {"target_group_name": "fivetran-orders-5432", "target_group_arn": "arn:orders"}
        done = ok("fivetran-orders", listeners=[listener])
        (main,) = link_forwarders([self.FORWARDED, billing, ORDERS | {"name": "direct"}], self.GROUPS, [done])
        assert (main["name"], main["state"], main["subnet_ids"]) == ("fivetran-main", "present", ["subnet-b"])
        assert [(one["name"], one["listen"]) for one in main["databases"]] == [
            ("fivetran-orders", 5432),
            ("fivetran-billing", 6432),
        ]
        assert main["source_security_group_ids"] == ["sg-1", "sg-2"]
        # That of billing is not known, so those that the group has must stay.
        assert (main["target_group_arns"], main["purge_target_groups"]) == (["arn:orders"], False)

    def test_one_stays_for_those_that_stay_and_goes_with_the_last(self) -> None:
        gone = {"name": "billing", "vendor": "fivetran", "state": "absent"}
        gone |= {"route": "port_forwarder", "forwarder": "main"}
        (main,) = link_forwarders([self.FORWARDED, gone], self.GROUPS)
        assert main["state"] == "present" and [one["name"] for one in main["databases"]] == ["fivetran-orders"]
        (main,) = link_forwarders([gone], self.GROUPS)
        assert main["state"] == "absent" and main["databases"] == []

    @pytest.mark.parametrize(
        "change, why",
        [
            ({"forwarder": "other"}, "no such forwarder 'other'"),
            ({"security_group_ids": []}, "needs security_group_ids"),
            ({"endpoint": None}, "needs an endpoint"),
            ({"forwarder_port": 801}, "the health check and orders would share port 801"),
        ],
    )
    def test_what_cannot_be_forwarded_is_refused(self, change: dict[str, Any], why: str) -> None:
        with pytest.raises(AnsibleFilterError, match=why):
            link_forwarders([{**self.FORWARDED, **change}], self.GROUPS)

    def test_two_links_cannot_share_a_port(self) -> None:
        with pytest.raises(AnsibleFilterError, match="orders and billing would share port 5432 of the forwarder main"):
            link_forwarders([self.FORWARDED, {**self.FORWARDED, "name": "billing"}], self.GROUPS)

    def test_targets_are_instances_whose_own_database_is_checked(self) -> None:
        (balancer,) = link_items([{**self.FORWARDED, "forwarder_port": 6432}], "load_balancers")
        (listener,) = balancer["listeners"]
        group = listener["target_group"]
        assert (listener["port"], group["port"], group["target_type"]) == (5432, 6432, "instance")
        check = {name: group["health_check"][name] for name in ("protocol", "port", "path")}
        assert check == {"protocol": "HTTP", "port": "801", "path": "/health/fivetran-orders"}
        assert group["preserve_client_ip"] is False

    def test_each_route_has_its_own_steps(self) -> None:
        links = [ORDERS, {**self.FORWARDED, "name": "billing"}]
        assert [one["name"] for one in link_items(links, "syncs")] == ["fivetran-orders"]
        assert [one["name"] for one in link_items(links, "healths")] == ["fivetran-billing"]

    def test_links_that_share_one_are_worked_on_together(self) -> None:
        links = [self.FORWARDED, {**self.FORWARDED, "name": "billing"}, {**ORDERS, "name": "direct"}]
        assert [one["name"] for one in resolve_links(links, only=["orders"])] == ["orders", "billing"]
        assert [one["name"] for one in resolve_links(links, only=["direct"])] == ["direct"]
