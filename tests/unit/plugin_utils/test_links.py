# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links: resolved, turned into items for the modules, and reported."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.plugin_utils._links import report
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import PATTERNS

VENDOR: dict[str, Any] = {
    "name": "fivetran",
    "destinations": {
        "rds": {"pattern": "nlb_service", "port": 5432, "endpoint_kind": "writer"},
        "redshift": {"pattern": "redshift_grant"},
    },
    "facts": {
        "nlb_service": {"owners": ["834469178297"], "hand_off": "send the sheet"},
        "redshift_grant": {"account_id": "", "vpc_ids": []},
    },
    "told": {"redshift_grant": {"needs": ["account_id", "vpc_ids"], "ask": "ask support"}},
    "withheld": {"acceptance_required": "each is looked at"},
}
ORDERS: dict[str, Any] = {
    "name": "orders",
    "vendor": "fivetran",
    "destination": "rds",
    "endpoint": "orders.example.com",
    "port": 5432,
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-a"],
    "allowed_principals": ["834469178297"],
    "owners": ["834469178297"],
}


def nlb(*links: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    """Links of the pattern nlb_service, resolved."""
    return resolve_links(list(links), pattern="nlb_service", **options)


def orders(**changes: Any) -> list[dict[str, Any]]:
    return nlb({**ORDERS, **changes})


def redshift(**changes: Any) -> list[dict[str, Any]]:
    link = {"name": "orders", "vendor": "fivetran", "cluster_identifier": "c", "account_id": "1", **changes}
    return resolve_links([link], pattern="redshift_grant")


def test_a_grant_stays_while_a_link_that_is_left_alone_needs_it() -> None:
    going = redshift(state="absent")
    assert link_items(going, "grant", others=redshift(name="second")) == []
    for other in ({"account_id": "2"}, {"cluster_identifier": "d"}, {"state": "absent"}):
        assert len(link_items(going, "grant", others=redshift(name="second", **other))) == 1
    assert len(link_items(redshift(), "grant", others=redshift(name="second"))) == 1


ARN = "arn:aws:kafka:us-east-1:111122223333:cluster/orders/8f5c2a1e-1"


def msk(**changes: Any) -> list[dict[str, Any]]:
    link = {"name": "orders", "vendor": "fivetran", "cluster_arn": ARN, "account_id": "834469178297", **changes}
    return resolve_links([link], pattern="msk_grant")


@pytest.mark.parametrize("pattern", ["msk_grant", "redshift_grant"])
def test_what_nobody_could_be_granted_is_not_taken_back(pattern: str) -> None:
    """The vendor has never told its account, and the link goes."""
    link = {"name": "orders", "vendor": "fivetran", "state": "absent", "awaiting": "ask", "account_id": ""}
    (going,) = resolve_links([{**link, **({"cluster_arn": ARN} if pattern == "msk_grant" else {})}], pattern=pattern)
    assert link_items([going], "grant") == []
    assert link_report([going], [])[0]["status"] == "absent"
    assert len(link_items([{**going, "account_id": "834469178297"}], "grant")) == 1


class TestMsk:
    def test_what_the_module_takes(self) -> None:
        """Of what is for one state only, the other says nothing."""
        said = {"told_operation": "0a1b", "disable_connectivity": True}
        kept = {"name": "fivetran-orders", "cluster_arn": ARN, "account": "834469178297"}
        assert link_items(msk(**said), "grant") == [{**kept, "state": "present", "told_operation": "0a1b"}]
        going = msk(**said, state="absent")
        assert link_items(going, "grant") == [{**kept, "state": "absent", "disable_connectivity": True}]
        assert link_items(going, "grant", others=msk(name="second")) == []
        assert link_items(msk(awaiting="ask"), "grant") == []
        assert "Not the ARN" in msk(cluster_arn="orders")[0]["fault"]

    @pytest.mark.parametrize(
        ("found", "line"),
        [
            ({"waiting": "MSK"}, "waiting on AWS: MSK"),
            ({"endpoint_count": 0}, "waiting on vendor: tell them"),
            ({"endpoint_count": 1}, "connected"),
        ],
    )
    def test_where_it_stands(self, found: dict[str, Any], line: str) -> None:
        (entry,) = link_report(msk(hand_off="tell them"), [ok("fivetran-orders", **found)])
        assert entry["line"] == f"fivetran orders: {line}"

    def test_a_change_of_connectivity_is_to_be_told(self) -> None:
        changed = {"untold_operation": "0a1b", "connectivity_changed": "2026-11-28T10:00:00Z", "endpoint_count": 1}
        (entry,) = link_report(msk(), [ok("fivetran-orders", **changed)])
        assert entry["status"] == "connected"
        assert entry["untold"] == (
            "tell fivetran the cluster's ARN again, whose multi-VPC connectivity was changed on 2026-11-28T10:00:00Z; "
            "then set told_operation: 0a1b for the link"
        )

    def test_a_plan_says_whom_it_ends(self) -> None:
        plan = {**ok("fivetran-orders", writes=["a"], endpoint_count=2), "check_mode": True}
        assert link_report(msk(state="absent"), [plan])[0]["next_action"] == (
            "1 call to make, which end 2 endpoints to the cluster"
        )
        plan["results"][0]["kept"] = ["they stay"]
        assert link_report(msk(state="absent"), [plan])[0]["next_action"] == "1 call to make; they stay"


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
    def test_the_link_wins_over_the_table_and_the_table_over_the_pattern(self) -> None:
        links: list[dict[str, Any]] = [
            {"name": "a", "destination": "rds", "port": 6432},
            {"name": "b", "destination": "rds", "port": None},
        ]
        first, second = resolve_links(links, vendor=VENDOR)
        assert (first["port"], second["port"]) == (6432, 5432)
        assert (first["endpoint_kind"], first["deregistration_delay"], first["vendor"]) == ("writer", 30, "fivetran")
        assert (first["pattern"], first["key"], first["owners"]) == ("nlb_service", "fivetran-a", ["834469178297"])

    def test_only_the_named_links_are_kept(self) -> None:
        links: list[dict[str, Any]] = [{"name": "a", "destination": "rds"}, {"name": "b", "destination": "rds"}]
        assert [link["name"] for link in resolve_links(links, vendor=VENDOR, only=["b"])] == ["b"]
        assert [link["name"] for link in resolve_links(links, vendor=VENDOR, only="b")] == ["b"]
        with pytest.raises(AnsibleFilterError, match=r"No link is called ab\. There are: a, b\."):
            resolve_links(links, vendor=VENDOR, only="ab")

    def test_no_links_are_nothing_to_do(self) -> None:
        assert resolve_links(None, vendor=VENDOR) == resolve_links([], pattern="nlb_service") == []

    def test_absent_wins(self) -> None:
        links = [{"name": "a", "destination": "rds", "state": "present"}]
        assert resolve_links(links, vendor=VENDOR, state="absent", only=["a"])[0]["state"] == "absent"
        with pytest.raises(AnsibleFilterError, match="name those that shall go in fivetran_only"):
            resolve_links(links, vendor=VENDOR, state="absent")

    def test_two_links_have_no_load_balancer_in_common(self) -> None:
        links = [{"name": name, "destination": "rds", "load_balancer_name": "shared"} for name in ("a", "b")]
        with pytest.raises(AnsibleFilterError, match="a and b would share the load balancer shared"):
            resolve_links(links, vendor=VENDOR)

    def test_a_link_that_only_shares_a_forwarder_is_not_taken_away(self) -> None:
        forwarders = [{"name": "main", "subnet_ids": ["subnet-1"], "image_id": "ami-1"}]
        common = {"destination": "rds", "route": "port_forwarder", "forwarder": "main", "security_group_ids": ["sg-1"]}
        links = [
            {**common, "name": name, "endpoint": "x", "forwarder_port": port} for name, port in (("a", 1), ("b", 2))
        ]
        found = resolve_links(links, vendor=VENDOR, state="absent", only=["a"], forwarders=forwarders)
        assert {link["name"]: link["state"] for link in found} == {"a": "absent", "b": "present"}

    def test_what_the_vendor_has_not_told_is_asked_for(self) -> None:
        (link,) = resolve_links([{"name": "a", "destination": "redshift"}], vendor=VENDOR)
        assert link["awaiting"] == "ask support"
        told = {**VENDOR, "facts": {"redshift_grant": {"account_id": "1", "vpc_ids": ["vpc-1"]}}}
        assert "awaiting" not in resolve_links([{"name": "a", "destination": "redshift"}], vendor=told)[0]

    def test_text_becomes_what_the_option_is(self) -> None:
        """As a survey, an INI inventory and C(-e) give it."""
        said = {"port": "5432", "cross_zone": "false", "subnet_ids": "subnet-a", "name": 2024}
        (link,) = orders(**said)
        assert (link["port"], link["cross_zone"], link["subnet_ids"]) == (5432, False, ["subnet-a"])
        assert (link["name"], link["key"]) == ("2024", "fivetran-2024")

    @pytest.mark.parametrize("unset", [None, "__omit_place_holder__4f2a"])
    def test_what_is_omitted_is_not_set(self, unset: Any) -> None:
        links = orders(security_group_ids=unset, health_check={"path": unset, "port": "1"}, addresses=[unset])
        assert "security_group_ids" not in links[0]
        assert links[0]["health_check"] == {"port": "1"}
        assert links[0]["addresses"] == []

    @pytest.mark.parametrize(
        ("links", "message"),
        [
            ([{"name": "a", "destination": "oracle"}], "unknown destination 'oracle'. Known: rds, redshift"),
            ([{"name": "a"}], "unknown destination None"),
            (
                [{"name": "a", "destination": "redshft"}],
                "unknown destination 'redshft'. Is redshift meant.",
            ),
            ([{"name": "a", "destination": "rds", "prot": 1}], "does not take prot. Is port meant?"),
            ([{"name": "a", "destination": "rds", "fualt": 1}], "does not take fualt.$"),
            ([{"name": "a", "destination": "rds", "endpoint_kind": "writr"}], "got: writr. Is writer meant?"),
            ([{"name": "a", "destination": "rds", "health_check": {"prt": 1}}], "health_check.prt. .* Is port meant?"),
            ([{"destination": "rds"}], "needs a name"),
            ({"name": "a"}, "Links are a list"),
            (["a"], "A link is a dictionary with a name, not 'a'"),
            ([{"name": "a", "destination": "redshift", "vpc_id": "vpc-1"}], "a: a link to redshift .* not take vpc_id"),
            ([{"name": "a", "destination": "rds", "owners": ["1"]}], "does not take owners"),
            ([{"name": "a", "destination": "rds", "acceptance_required": False}], "not take acceptance_required"),
            (
                [{"name": "a", "destination": "rds", "port": "x"}],
                "a: port is a number, not 'x'",
            ),
            (
                [{"name": "a", "destination": "rds", "endpoint": "db.example:5432"}],
                "a: endpoint is 'db.example:5432': take away ':5432'",
            ),
            ([{"name": "a", "destination": "rds", "endpoint": "db.example "}], "take away the blanks"),
            ([{"name": "a", "destination": "rds", "route": "x"}], "a: value of route must be one of"),
            ([{"name": "a", "destination": "rds"}] * 2, "rename a"),
            ([{"name": "a-b", "destination": "rds"}, {"name": "a_b", "destination": "rds"}], "fivetran-a-b"),
        ],
    )
    def test_what_cannot_be_is_refused(self, links: Any, message: str) -> None:
        with pytest.raises(AnsibleFilterError, match=message):
            resolve_links(links, vendor=VENDOR)

    def test_a_pattern_has_its_own_steps(self) -> None:
        with pytest.raises(AnsibleFilterError, match=r"redshift_grant have no step sync. They have: absent, "):
            link_items(redshift(), "sync")


class TestItems:
    def test_one_load_balancer_with_one_listener_for_each_link(self) -> None:
        (item,) = link_items(orders(listener_port=80), "load_balancer")
        assert item["name"] == "fivetran-orders"
        assert item["listeners"] == [
            {
                "port": 80,
                "target_group": {
                    "name": "fivetran-orders-5432",
                    "port": 5432,
                    "deregistration_delay": 30,
                    "connection_termination": True,
                },
            }
        ]

    def test_an_idle_timeout_is_the_listeners(self) -> None:
        (item,) = link_items(orders(tcp_idle_timeout="3600"), "load_balancer")
        assert item["listeners"][0]["tcp_idle_timeout"] == 3600

    def test_nodes_may_have_fixed_addresses(self) -> None:
        (item,) = link_items(orders(load_balancer_addresses={"subnet-a": "10.0.0.9"}), "load_balancer")
        assert item["private_addresses"] == {"subnet-a": "10.0.0.9"}

    def test_connections_may_end_with_their_principals(self) -> None:
        ending = {"purge_allowed_principals": True, "end_connections_of_removed_principals": True}
        (item,) = link_items(orders(**ending), "service")
        assert {option: item[option] for option in ending} == ending

    def test_the_sync_names_the_same_target_group(self) -> None:
        (balancer,) = link_items(orders(), "load_balancer")
        (sync,) = link_items(orders(), "sync")
        assert sync["target_group"] == balancer["listeners"][0]["target_group"]["name"]

    def test_former_ports_go_and_those_of_others_stay(self) -> None:
        (balancer,) = link_items(orders(), "load_balancer")
        assert (balancer["purge_listeners"], balancer["leave_others"]) == (True, True)

    def test_links_that_failed_before_are_left_out(self) -> None:
        links = nlb(ORDERS, {**ORDERS, "name": "crm"})
        after = [failed("fivetran-crm", "no subnet")]
        assert [item["name"] for item in link_items(links, "service", after=after)] == ["fivetran-orders"]

    def test_a_connection_is_looked_up_by_the_service_just_made(self) -> None:
        after = [ok("fivetran-orders", service_id="vpce-svc-1")]
        assert link_items(orders(), "acceptance", after=after)[0]["service_id"] == "vpce-svc-1"

    def test_nothing_is_accepted_while_the_vendor_has_not_said_who_it_is(self) -> None:
        assert link_items(orders(awaiting="ask"), "acceptance") == []
        assert link_items(redshift(awaiting="ask"), "grant") == []
        assert len(link_items(orders(awaiting="ask"), "service")) == 1


class TestReport:
    def report(self, *steps: dict[str, Any], **link: Any) -> dict[str, Any]:
        (entry,) = link_report(orders(**link), list(steps))
        return entry

    def test_connected(self) -> None:
        entry = self.report(ok("fivetran-orders", status="accepted", connections=[]))
        assert entry["line"] == "fivetran orders: connected"

    @pytest.mark.parametrize("told", ["added_zone_ids", "untold_zone_ids"])
    def test_new_zones_are_for_the_vendor_to_know(self, told: str) -> None:
        all_zones = {"availability_zone_ids": ["use1-az4", "use1-az1"]}
        enabled = ok("fivetran-orders", **{told: ["use1-az4"]}, **all_zones)
        entry = self.report(enabled, ok("fivetran-orders", status="accepted", connections=[]))
        said = "tell fivetran that its endpoint can have a subnet in use1-az4 from now on"
        said += "; then set told_zone_ids: [use1-az1, use1-az4] for the link"
        assert entry["line"] == f"fivetran orders: connected: {said}"
        none = ok("fivetran-orders", **{told: []}, **all_zones)
        assert self.report(none, ok("fivetran-orders", status="accepted"))["line"] == "fivetran orders: connected"

    def test_what_was_written_and_does_not_show_is_in_the_line(self) -> None:
        entry = self.report(ok("fivetran-orders", status="accepted", unshown=["o-1 in subscription 1"]))
        said = "written, but not to be seen: o-1 in subscription 1; ask"
        assert entry["line"].startswith(f"fivetran orders: connected: {said}")
        waits = ok("fivetran-orders", status="waiting", waiting="the share", unshown=["o-1 in subscription 1"])
        assert said in self.report(waits)["line"]

    def guests(self, **of: Any) -> dict[str, Any]:
        """An entry of a link whose service has these connections: by result, states by endpoint and owner."""
        shown = {
            result: [
                {"vpc_endpoint_id": endpoint, "vpc_endpoint_owner": owner, "vpc_endpoint_state": state}
                for endpoint, owner, state in connections
            ]
            for result, connections in of.items()
            if result.endswith("connections")
        }
        rest = {name: value for name, value in of.items() if name not in shown}
        return self.report(ok("fivetran-orders", **{"status": "accepted", **shown, **rest}), hand_off="send the sheet")

    def test_the_line_names_what_to_connect_to(self) -> None:
        """For whoever sees the line alone, as in a controller's job."""
        waiting = {"status": "waiting", "waiting": "a request", "service_name": "com.amazonaws.vpce.x.vpce-svc-1"}
        assert self.report(ok("fivetran-orders", **waiting), hand_off="send the sheet")["line"] == (
            "fivetran orders: waiting on vendor: send the sheet; com.amazonaws.vpce.x.vpce-svc-1"
        )
        untold = self.report(ok("fivetran-orders", **waiting), awaiting="ask them")
        assert untold["line"] == "fivetran orders: waiting on vendor: ask them"

    def test_the_line_names_who_is_connected(self) -> None:
        gone = ("vpce-3", "1", "rejected")
        entry = self.guests(connections=[("vpce-1", "1", "Available"), ("vpce-2", "1", "partial"), gone])
        assert entry["line"] == "fivetran orders: connected: vpce-1 of account 1, vpce-2 of account 1"
        assert entry["connected"] == ["vpce-1 of account 1", "vpce-2 of account 1"]
        assert entry["next_action"] == ""
        sick = ok("fivetran-orders", healthy=False, targets=[])
        both = self.report(sick, ok("fivetran-orders", status="accepted", connections=entry["connections"]))
        assert both["line"].endswith("; connected: vpce-1 of account 1, vpce-2 of account 1")

    def test_a_further_request_waits_although_the_link_is_connected(self) -> None:
        up, held = ("vpce-1", "1", "available"), ("vpce-2", "1", "pendingAcceptance")
        entry = self.guests(connections=[up, held], held_connections=[held], waiting="1 more request")
        assert entry["line"] == "fivetran orders: waiting on vendor: 1 more request; connected: vpce-1 of account 1"
        coming = self.guests(
            status="waiting",
            connections=[("vpce-1", "1", "pending"), held],
            held_connections=[held],
            waiting="vpce-1 to be available",
        )
        assert (coming["status"], coming["next_action"]) == ("waiting on AWS", "vpce-1 to be available")

    def test_a_request_of_none_that_is_expected_comes_before_the_sheet(self) -> None:
        held = ("vpce-2", "1", "pendingAcceptance")
        entry = self.guests(status="waiting", connections=[], held_connections=[held], waiting="1 request")
        assert entry["line"] == "fivetran orders: waiting on vendor: 1 request"

    def test_a_request_that_waits_for_another_to_end_waits_on_aws(self) -> None:
        both = [("vpce-1", "1", "deleting"), ("vpce-2", "1", "pendingAcceptance")]
        entry = self.guests(status="waiting", connections=both, held_connections=[], waiting="vpce-1 to end")
        assert (entry["status"], entry["next_action"]) == ("waiting on AWS", "vpce-1 to end")

    @pytest.mark.parametrize("result", ["unlisted_connections", "excess_connections"])
    def test_who_is_connected_without_being_expected_is_named_in_the_line(self, result: str) -> None:
        up, stranger = ("vpce-1", "1", "available"), ("vpce-9", "2", "available")
        allowed = [up, stranger] if result == "excess_connections" else [up]
        entry = self.guests(connections=allowed, **{result: [stranger, ("vpce-8", "2", "pendingAcceptance")]})
        said = "connected: vpce-1 of account 1; also connected, and not expected: vpce-9 of account 2; ask the vendor"
        assert entry["line"].startswith(f"fivetran orders: {said}")
        assert entry["connected"] == ["vpce-1 of account 1"]
        alone = self.guests(status="waiting", connections=[], **{result: [stranger]})
        assert "waiting on vendor: send the sheet; also connected, and not expected: vpce-9" in alone["line"]

    def test_more_than_ten_are_summed_up(self) -> None:
        many = [(f"vpce-{number}", "2", "available") for number in range(10, 22)]
        line = self.guests(connections=[], unlisted_connections=many)["line"]
        assert "vpce-19 of account 2, 2 more; ask" in line
        assert "vpce-20" not in line

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


class TestForwarders:
    FORWARDED: ClassVar[dict[str, Any]] = {
        **ORDERS,
        "route": "port_forwarder",
        "forwarder": "main",
        "security_group_ids": ["sg-1"],
        "check_user": "haproxy",
    }
    MAIN: ClassVar[dict[str, Any]] = {"name": "main", "subnet_ids": ["subnet-b"], "image_id": "ami-1"}
    GROUPS: ClassVar[list[dict[str, Any]]] = [MAIN, {"name": "spare"}]

    def links(self, *links: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
        return nlb(*links, forwarders=self.GROUPS, **options)

    def groups(self, *links: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
        return link_items(self.links(*links), "forwarder", forwarders=self.GROUPS, **options)

    def test_each_has_the_databases_groups_and_target_groups_of_its_links(self) -> None:
        billing = {**self.FORWARDED, "name": "billing", "forwarder_port": 6432, "security_group_ids": ["sg-2"]}
        listener = {"target_group_name": "fivetran-orders-5432-hosts", "target_group_arn": "arn:orders"}
        done = ok("fivetran-orders", listeners=[listener])
        (main,) = self.groups(self.FORWARDED, billing, ORDERS | {"name": "direct"}, after=[done])
        assert (main["name"], main["state"], main["subnet_ids"]) == ("fivetran-main", "present", ["subnet-b"])
        assert [(database["name"], database["listen"]) for database in main["databases"]] == [
            ("fivetran-orders", 5432),
            ("fivetran-billing", 6432),
        ]
        assert main["source_security_group_ids"] == ["sg-1", "sg-2"]
        assert (main["instance_type"], main["instances"]) == ("t4g.small", 2)
        # That of billing is not known, so those that the group has must stay.
        assert (main["target_group_arns"], main["purge_target_groups"]) == (["arn:orders"], False)

    def test_nothing_is_built_for_links_that_have_all_failed(self) -> None:
        billing = {**self.FORWARDED, "name": "billing", "forwarder_port": 6432}
        refused = failed("fivetran-orders", "no subnet")
        assert self.groups(self.FORWARDED, after=[refused]) == []
        (main,) = self.groups(self.FORWARDED, billing, after=[refused])
        # One that stands goes on to serve it.
        assert len(main["databases"]) == 2

    def test_one_stays_for_those_that_stay_and_goes_with_the_last(self) -> None:
        gone = {"name": "billing", "vendor": "fivetran", "state": "absent"}
        gone |= {"route": "port_forwarder", "forwarder": "main"}
        (main,) = self.groups(self.FORWARDED, gone)
        assert main["state"] == "present"
        assert [database["name"] for database in main["databases"]] == ["fivetran-orders"]
        (main,) = self.groups(gone)
        assert (main["state"], main["databases"]) == ("absent", [])

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"forwarder": "other"}, "no such forwarder 'other'"),
            ({"security_group_ids": []}, "needs security_group_ids"),
            ({"endpoint": None}, "needs an endpoint"),
            ({"forwarder_port": 801}, "the health check and orders would share port 801"),
            ({"port": None}, "orders: database 'orders' lacks port"),
            ({"port": 70000}, "orders: port of 'orders': 70000 is not between 1 and 65535"),
            (
                {"check_user": "health check"},
                "orders: check_user of database .* is 'health check'; it may have 1 to 80",
            ),
            ({"check_user": "haproxy\n    server x 192.0.2.1:5432"}, "check_user"),
            ({"engine": "mysql #"}, "engine of database"),
            ({"name": "orders {x}"}, "name of database 'orders {x}'"),
            ({"endpoint": None, "addresses": ["fd00::2"]}, "an IPv6 address cannot be used"),
            ({"health_check": {"path": "/health x"}}, "the path of health_check is '/health x'"),
        ],
    )
    def test_what_cannot_be_forwarded_is_refused(self, change: dict[str, Any], why: str) -> None:
        with pytest.raises(AnsibleFilterError, match=why):
            self.links({**self.FORWARDED, **change})

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"name": "ma in"}, "no such forwarder"),
            ({"image_id": None}, "Forwarder 'main': missing required arguments: image_id"),
            ({"instances": "two"}, "Forwarder 'main': instances is a number"),
            ({"nameservers": ["10.0.0.2 #"]}, "Forwarder 'main': '10.0.0.2 #' is not the address of a name server"),
            ({"nameservers": ["ns.example.com"]}, "is not the address of a name server"),
            ({"nameserver": ["10.0.0.2"]}, "nameserver"),
        ],
    )
    def test_a_forwarder_that_cannot_be_is_refused_with_the_links(self, change: dict[str, Any], why: str) -> None:
        with pytest.raises(AnsibleFilterError, match=why):
            nlb(self.FORWARDED, forwarders=[{**self.MAIN, **change}])

    def test_a_forwarder_takes_numbers_as_text_and_name_servers_without_port(self) -> None:
        said = [{**self.MAIN, "instances": "3", "nameservers": "10.0.0.2,fd00::2"}]
        (main,) = link_items(nlb(self.FORWARDED, forwarders=said), "forwarder", forwarders=said)
        assert (main["instances"], main["nameservers"]) == (3, ["10.0.0.2:53", "[fd00::2]:53"])

    def test_one_that_goes_needs_no_more_than_its_name(self) -> None:
        gone = {**self.FORWARDED, "state": "absent", "endpoint": "db:5432"}
        (main,) = link_items(nlb(gone, forwarders=[{"name": "main"}]), "forwarder", forwarders=[{"name": "main"}])
        assert (main["state"], main["nameservers"]) == ("absent", ["169.254.169.253:53"])

    def test_two_links_cannot_share_a_port(self) -> None:
        with pytest.raises(AnsibleFilterError, match="orders and billing would share port 5432 of the forwarder main"):
            self.links(self.FORWARDED, {**self.FORWARDED, "name": "billing"})

    def test_targets_are_instances_whose_own_database_is_checked(self) -> None:
        (balancer,) = link_items(self.links({**self.FORWARDED, "forwarder_port": 6432}), "load_balancer")
        (listener,) = balancer["listeners"]
        group = listener["target_group"]
        assert (listener["port"], group["port"], group["target_type"]) == (5432, 6432, "instance")
        check = {name: group["health_check"][name] for name in ("protocol", "port", "path")}
        assert check == {"protocol": "HTTP", "port": "801", "path": "/health/fivetran-orders"}
        assert group["preserve_client_ip"] is False

    def test_each_route_has_its_own_steps(self) -> None:
        links = self.links(ORDERS, {**self.FORWARDED, "name": "billing"})
        assert [item["name"] for item in link_items(links, "sync")] == ["fivetran-orders"]
        assert [item["name"] for item in link_items(links, "health")] == ["fivetran-billing"]

    def test_links_that_share_one_are_worked_on_together(self) -> None:
        links = [
            self.FORWARDED,
            {**self.FORWARDED, "name": "billing", "forwarder_port": 1},
            {**ORDERS, "name": "direct"},
        ]
        assert [link["name"] for link in self.links(*links, only=["orders"])] == ["orders", "billing"]
        assert [link["name"] for link in self.links(*links, only=["direct"])] == ["direct"]


AS_TEXT = {"bool": ("no", False), "int": ("5432", 5432), "str": (12, "12"), "list": ("a,b", ["a", "b"])}
FOLLOWS = {("redis_cloud", "destination"), ("redis_cloud", "awaiting")}  # from other options
SAID: list[tuple[str, str, dict[str, Any]]] = []
for pattern_name, link_type in PATTERNS.items():
    for option_name, option_spec in argument_spec(link_type).items():
        texts = (
            "choices" not in option_spec and option_spec.get("elements") != "dict" and option_spec["type"] in AS_TEXT
        )
        if texts and (pattern_name, option_name) not in FOLLOWS:
            SAID.append((pattern_name, option_name, option_spec))


@pytest.mark.parametrize(("pattern", "option", "spec"), SAID, ids=[f"{said[0]}-{said[1]}" for said in SAID])
def test_every_option_may_be_said_as_text(pattern: str, option: str, spec: dict[str, Any]) -> None:
    """As surveys, INI inventories and C(-e NAME=VALUE) give it; validation of roles converts nothing."""
    said, meant = AS_TEXT[spec["type"]]
    (link,) = resolve_links([{"name": "a", option: said}], pattern=pattern)
    assert link[option] == meant


@pytest.mark.parametrize(
    "told", [{"former_ports": [5432]}, {"told_port": 5432}, {"told_port": 5432, "former_ports": []}]
)
def test_who_is_connected_is_to_be_told_another_port(told: dict[str, Any]) -> None:
    balancer = ok("fivetran-orders", **told)
    connection = {"vpc_endpoint_id": "vpce-1", "vpc_endpoint_owner": "1", "vpc_endpoint_state": "available"}
    links = orders(listener_port=6432, hand_off="send the sheet")
    (entry,) = link_report(links, [balancer, ok("fivetran-orders", status="accepted", connections=[connection])])
    said = "tell fivetran to connect to port 6432 from now on, instead of 5432; then set told_port: 6432 for the link"
    assert entry["line"] == f"fivetran orders: waiting on vendor: {said}; connected: vpce-1 of account 1"
    (entry,) = link_report(links, [balancer, ok("fivetran-orders", status="waiting", connections=[])])
    assert entry["line"] == f"fivetran orders: waiting on vendor: send the sheet; {said}"
    passed_on = orders(listener_port=6432, told_port=6432)
    (entry,) = link_report(passed_on, [balancer, ok("fivetran-orders", status="accepted", connections=[])])
    assert entry["line"] == "fivetran orders: connected"


def test_another_link_in_a_message_has_the_name_that_it_was_given() -> None:
    links = nlb(ORDERS, {**ORDERS, "name": "the_bills"}, {**ORDERS, "name": "or"})
    msg = "fivetran-orders and fivetran-the-bills shall be on load balancer fivetran-the-bills, not fivetran-or-1"
    entries = link_report(links, [failed("fivetran-orders", msg)])
    said = msg.replace("fivetran-the-bills shall", "fivetran-the-bills (link the_bills) shall")
    assert entries[0]["line"] == f"fivetran orders: failed: {said}"
    (long,) = nlb({**ORDERS, "name": "a" * 40})
    (entry,) = link_report([long], [failed(long["key"], f"Load balancer {long['key']} is protected from deletion.")])
    assert f"Load balancer {long['key']} (link {'a' * 40}) is protected" in entry["line"]


def test_a_name_that_aws_does_not_take_is_that_of_the_link() -> None:
    (link,) = orders(name="The Bills")
    said = "Not the name of a load balancer: 'fivetran-The Bills'. It has up to 32 letters, digits and hyphens"
    assert link["fault"].startswith(said)
    assert link["fault"].endswith("It is made of the name of the link, 'The Bills': rename the link.")


def test_what_a_vendor_was_told_goes_to_its_service() -> None:
    (item,) = link_items(orders(listener_port=6432, told_zone_ids=["use1-az1"]), "service")
    assert (item["port"], item.get("told_port"), item["told_zone_ids"]) == (6432, None, ["use1-az1"])
    (item,) = link_items(orders(told_port=6432), "service")
    assert (item["port"], item["told_port"]) == (5432, 6432)
    (item,) = link_items(orders(awaiting="ask"), "service")  # nobody has been told a port yet
    assert (item["port"], item["told_port"]) == (5432, 5432)


def test_a_plan_says_whom_it_cuts_off() -> None:
    ending = {
        **ok("fivetran-orders", writes=["a", "b"], ending_connections=["vpce-1 of account 1"]),
        "check_mode": True,
    }
    (entry,) = link_report(orders(state="absent"), [ending])
    assert entry["line"] == "fivetran orders: planned: 2 calls to make, which end vpce-1 of account 1"
    moving = {**ok("fivetran-orders", writes=["a"], former_ports=[5432]), "check_mode": True}
    (entry,) = link_report(orders(listener_port=6432), [moving])
    assert entry["line"] == "fivetran orders: planned: 1 call to make, after which nobody is served on port 5432"
    granted = {**ok("fivetran-orders", writes=["a"], endpoint_count=2), "check_mode": True}
    (entry,) = link_report(redshift(account_id="834469178297", state="absent"), [granted])
    assert entry["line"].endswith("planned: 1 call to make, which end 2 endpoints to the cluster")


def unfit(msg: str, name: str = "fivetran-orders") -> dict[str, Any]:
    """What the preflight says of a link of which a check fails."""
    return {"results": [{"name": name, "status": "fail", "failed": True, "msg": msg, "checks": []}]}


class TestHeld:
    """A check that fails keeps a link from being changed. What stands goes on being followed and served."""

    FOUND = unfit("zones: cross-zone is off")

    def test_it_is_planned_and_nothing_of_it_may_be_changed(self) -> None:
        links = [*orders(), *nlb({**ORDERS, "name": "crm"})]
        items = link_items(links, "load_balancer", after=[self.FOUND])
        assert [item["name"] for item in items] == ["fivetran-orders", "fivetran-crm"]
        wanted = [{"name": "fivetran-orders", "reason": "zones: cross-zone is off"}]
        assert link_items(links, "hold", after=[self.FOUND]) == wanted

    def test_what_is_still_to_be_made_fails_with_what_the_check_said(self) -> None:
        refused = failed("fivetran-orders", "zones: cross-zone is off")
        (entry,) = link_report(orders(), [self.FOUND, refused])
        assert entry["line"] == "fivetran orders: failed: zones: cross-zone is off"
        assert link_items(orders(), "service", after=[self.FOUND, refused]) == []

    def test_what_stands_is_served_on_and_the_line_says_what_is_wrong(self) -> None:
        steps = [self.FOUND, ok("fivetran-orders")]
        assert link_items(orders(), "sync", after=steps)
        assert link_items(orders(), "acceptance", after=steps)
        (entry,) = link_report(orders(), [*steps, ok("fivetran-orders", status="accepted", connections=[])])
        assert entry["line"] == "fivetran orders: connected: zones: cross-zone is off"

    @pytest.mark.parametrize(
        ("seen", "line"),
        [
            ({"status": "waiting"}, "waiting on vendor: zones: cross-zone is off. Then: send the sheet"),
            (
                {"healthy": False, "targets": [{"id": "10.0.0.1", "state": "unhealthy"}]},
                "failed: zones: cross-zone is off.",
            ),
        ],
        ids=str,
    )
    def test_where_nobody_is_served_our_own_fault_comes_before_anybody_elses(
        self, seen: dict[str, Any], line: str
    ) -> None:
        found = unfit("zones: cross-zone is off.")
        (entry,) = link_report(orders(hand_off="send the sheet"), [found, ok("fivetran-orders", **seen)])
        assert entry["line"] == f"fivetran orders: {line}"

    def test_what_fails_beside_the_check_is_said(self) -> None:
        (entry,) = link_report(orders(), [self.FOUND, ok("fivetran-orders"), failed("fivetran-orders", "no such name")])
        assert entry["line"] == "fivetran orders: failed: no such name"

    def test_a_sentence_before_more_has_no_full_stop(self) -> None:
        entry = {
            "vendor": "fivetran",
            "name": "orders",
            "status": "failed",
            "next_action": "No name. Correct endpoint.",
        }
        assert report.line({**entry, "connected": []}) == "fivetran orders: failed: No name. Correct endpoint."
        assert report.line({**entry, "connected": ["vpce-1"]}).endswith("Correct endpoint; connected: vpce-1")

    def test_a_check_has_clearer_words_for_what_a_module_would_refuse(self) -> None:
        (entry,) = link_report(orders(owners=["1"]), [self.FOUND])
        assert entry["line"] == "fivetran orders: failed: zones: cross-zone is off"

    def test_what_waits_for_the_vendors_word_before_anything_is_made_fails(self) -> None:
        links = orders(awaiting="ask support", hand_off="send the sheet")
        (entry,) = link_report(links, [self.FOUND, ok("fivetran-orders")])
        assert entry["line"] == "fivetran orders: failed: zones: cross-zone is off"

    def test_what_goes_is_held_by_nothing(self) -> None:
        assert link_items(orders(state="absent"), "hold", after=[self.FOUND]) == []


class TestRefusedBeforeTheFirstWrite:
    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ({"owners": ["83446917829"]}, "Not an account id of 12 digits: '83446917829'"),
            ({"vpc_endpoint_ids": ["vpce-x"]}, "Not the id of a VPC endpoint: 'vpce-x'"),
            ({"max_connections": -1}, "max_connections is a number from 0"),
            ({"allowed_principals": ["83"]}, "Not a principal: '83'"),
            ({"service_id": "orders"}, "Not the id of an endpoint service: 'orders'"),
            ({"load_balancer_name": "internal-orders"}, "Not the name of a load balancer: 'internal-orders'"),
            ({"target_group_name": "a_b"}, "Not the name of a target group: 'a_b'"),
            ({"security_group_ids": ["default"]}, "security_group_ids takes ids like sg-"),
            ({"health_check": {"interval": 1}}, "interval of a health check is 5 to 300, not 1"),
            ({"addresses": ["10.0.0.1"]}, "Give either endpoint"),
            ({"port": None}, "port is missing"),
            ({"health_check": {"path": "/x y"}}, "path of a health check begins with /"),
            ({"drain": "after_healthy", "endpoint_kind": "reader"}, "endpoint_kind reader"),
        ],
        ids=str,
    )
    def test_what_a_later_module_would_refuse_stops_the_link_at_its_first(
        self, said: dict[str, Any], fault: str
    ) -> None:
        links = [*orders(**said), *nlb({**ORDERS, "name": "crm"})]
        assert fault in links[0]["fault"]
        preflight = [ok("fivetran-orders", "fivetran-crm")]
        assert [item["name"] for item in link_items(links, "load_balancer", after=preflight)] == ["fivetran-crm"]
        first, second = link_report(links, preflight)
        assert first["line"].startswith(f"fivetran orders: failed: {fault}")
        assert second["status"] != "failed"

    def test_the_checks_before_the_links_still_look_at_it_and_their_words_win(self) -> None:
        links = orders(owners=["1"])
        assert [item["name"] for item in link_items(links, "prerequisite")] == ["fivetran-orders"]
        (entry,) = link_report(links, [failed("fivetran-orders", "port: closed")])
        assert entry["next_action"] == "port: closed"

    def test_what_is_to_go_is_not_held_against_it(self) -> None:
        assert "fault" not in orders(owners=["1"], state="absent")[0]

    def test_a_function_does_not_know_whose_the_targets_of_an_adopted_group_are(self) -> None:
        adopting = orders(adopt=True), orders()
        assert [bool(links[0].get("fault")) for links in adopting] == [False, False]
        links = nlb({**ORDERS, "adopt": True}, {**ORDERS, "name": "crm"}, ip_sync="lambda")
        assert [link.get("fault", "")[:29] for link in links] == ["it adopts a load balancer, an", ""]

    def test_a_grant(self) -> None:
        assert "Not an account id" in redshift(account_id="1")[0]["fault"]
        assert "fault" not in redshift(account_id="834469178297", vpc_ids=["vpc-1"])[0]
