# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to what a vendor shares: what the modules take, what was discovered, what answers, where each link stands."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links
from ansible_collections.saas.privatelink.plugins.module_utils._aws.resource_share import ResourceShare
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_association import Association
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_vpc_association import (
    VpcAssociation,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.tags import ADOPTED_TAG
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint import VpcEndpoint
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.redis_cloud_private_link import PrivateLink

KEY = "redis-cloud-sessions"
SHARE = "arn:aws:ram:us-east-1:733373337333:resource-share/7ab63972"
RCFG = "arn:aws:vpc-lattice:us-east-1:733373337333:resourceconfiguration/rcfg-0b30000000000000a"
OTHER = "arn:aws:vpc-lattice:us-east-1:733373337333:resourceconfiguration/rcfg-0b30000000000000b"
KIND = "vpc-lattice:ResourceConfiguration"
DATABASES = [{"database_id": 1, "host": "redis-1.example.com", "port": 14711}]
SESSIONS: dict[str, Any] = {
    "name": "sessions",
    "subscription_id": 4712,
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-a"],
}
BY_SHARE = {**SESSIONS, "resource_share_arn": SHARE}
NETWORK = {**BY_SHARE, "connection": "service_network", "service_network": "sn-0b30000000000000a"}
GOING = {**SESSIONS, "state": "absent"}


VENDOR: dict[str, Any] = {
    "name": "redis-cloud",
    "by": "connection",
    "destinations": {name: {"pattern": "redis_cloud"} for name in ("resource_endpoint", "service_network")},
    "facts": {"redis_cloud": {"by_api": True, "ask": "share in the console"}},
}


def redis(*links: dict[str, Any]) -> list[dict[str, Any]]:
    return resolve_links(list(links), vendor=VENDOR)


def items(links: dict[str, Any] | list[dict[str, Any]], step: str, *after: Any, **options: Any) -> list[dict[str, Any]]:
    """What a step takes for links as the inventory has them."""
    return link_items(redis(*(links if isinstance(links, list) else [links])), step, after=list(after), **options)


def report(links: dict[str, Any] | list[dict[str, Any]], *steps: Any) -> list[dict[str, Any]]:
    return link_report(redis(*(links if isinstance(links, list) else [links])), list(steps))


def done(**facts: Any) -> dict[str, Any]:
    """A step that went well for the link."""
    result = {"name": KEY, "failed": False, "msg": "", "waiting": "", "writes": [], "changed": False, **facts}
    return {"results": [result], "failed_items": []}


def failed(msg: str) -> dict[str, Any]:
    return {**done(failed=True, msg=msg), "failed_items": [KEY]}


def told(status: str = "active", **facts: Any) -> dict[str, Any]:
    """What Redis Cloud's API says of the private link."""
    shared = {"share_arn": SHARE, "resource_configuration_arn": RCFG, "share_name": "redis-4712"}
    return done(**{"status": status, "databases": DATABASES, **shared, **facts})


def accepted(*arns: str, **facts: Any) -> dict[str, Any]:
    return done(status="accepted", resources=[{"arn": arn, "type": KIND} for arn in arns], **facts)


def one_item(link: dict[str, Any], step: str, *after: dict[str, Any]) -> dict[str, Any]:
    (item,) = items(link, step, *after)
    return item


def database(**more: Any) -> dict[str, Any]:
    found = {"type": "database", "port": 14711, "database_id": 1, "vpc_endpoint_id": "vpce-1"}
    return {"dns_name": "vpce-1.example.aws", "private_dns_name": "redis-1.example.com", **found, **more}


METRICS = {
    "type": "metrics",
    "dns_name": "m.example.aws",
    "private_dns_name": "internal.example.com",
    "port": 8070,
    "vpc_endpoint_id": "vpce-1",
}
MADE = done(vpc_endpoint_id="vpce-1")


class TestShares:
    def test_what_the_api_tells_is_used_and_what_the_link_says_wins(self) -> None:
        assert one_item(SESSIONS, "share", told()) == {
            "name": KEY,
            "resource_share_arn": SHARE,
            "share_name": "redis-4712",
        }
        other = SHARE.replace("7ab6", "0000")
        assert one_item({**SESSIONS, "resource_share_arn": other}, "share", told())["resource_share_arn"] == other

    def test_a_share_that_alone_tells_what_is_shared_must_show_it(self) -> None:
        assert one_item(BY_SHARE, "share")["resource_types"] == [KIND]
        assert "resource_types" not in one_item({**BY_SHARE, "resource_configuration": RCFG}, "share")

    def test_items_are_what_the_module_takes(self) -> None:
        by_name = {**SESSIONS, "owner_account_id": "733373337333", "share_name": "redis-4712"}
        for link in (BY_SHARE, by_name):
            assert ResourceShare(**one_item(link, "share")).name == KEY

    @pytest.mark.parametrize("link", [SESSIONS, {**SESSIONS, "share_name": "redis-4712"}])
    def test_no_share_is_accepted_that_is_not_named(self, link: dict[str, Any]) -> None:
        with pytest.raises(ItemError, match="Set resource_share_arn"):
            ResourceShare(**one_item(link, "share"))
        assert items([{**link, "resource_configuration": RCFG}], "share") == []

    def test_a_share_that_the_api_is_still_making_is_not_looked_for(self) -> None:
        making = told("initializing", waiting="the private link to be active", share_arn="")
        making["results"][0]["resource_configuration_arn"] = ""
        for step in ("share", "endpoint"):
            assert items(SESSIONS, step, making) == []
        (entry,) = report([SESSIONS], making)
        assert entry["line"] == "redis-cloud sessions: waiting on AWS: the private link to be active"

    def test_a_share_is_left_only_once_nothing_uses_it(self) -> None:
        gone, going = done(), done(waiting="endpoint vpce-1 to be deleted")
        waiting = told(waiting="2 to accept the share in AWS")
        link = {**BY_SHARE, "state": "absent"}
        assert len(items([link], "share", waiting, gone)) == 1
        assert items([link], "share", waiting, going) == []
        assert items([link], "share", going, gone) == []
        assert items([link], "share", failed("in use")) == []
        assert items([GOING], "share", gone) == []


class TestConnect:
    def test_what_the_api_tells_is_connected_to(self) -> None:
        item = one_item(SESSIONS, "endpoint", told())
        assert (item["type"], item["resource_configuration"]) == ("Resource", RCFG)
        assert VpcEndpoint(**item).kind == "Resource"

    def test_what_the_share_holds_is_connected_to_if_it_is_one(self) -> None:
        assert one_item(BY_SHARE, "endpoint", accepted(RCFG))["resource_configuration"] == RCFG
        assert "resource_configuration" not in one_item(BY_SHARE, "endpoint", accepted(RCFG, OTHER))
        silent = told(resource_configuration_arn="")
        assert one_item(SESSIONS, "endpoint", silent, accepted(RCFG))["resource_configuration"] == RCFG
        own = {**BY_SHARE, "resource_configuration": OTHER}
        assert one_item(own, "endpoint", accepted(RCFG))["resource_configuration"] == OTHER

    def test_what_a_share_will_hold_is_planned(self) -> None:
        invited = done(status="invited", resources=[])
        assert one_item(BY_SHARE, "endpoint", invited)["resource_configuration"] == UNKNOWN
        assert one_item(NETWORK, "association", invited)["resource_configuration"] == UNKNOWN

    @pytest.mark.parametrize(
        "share",
        [
            done(status="waiting", waiting="account 7 to share"),
            accepted(waiting="the share to be listed"),
            accepted(RCFG, waiting="the share to be active"),
        ],
    )
    def test_nothing_is_made_before_the_share_is_there(self, share: dict[str, Any]) -> None:
        for step in ("association", "endpoint"):
            assert items(NETWORK, step, told(), share) == []

    def test_the_vendor_may_wait_for_others(self) -> None:
        """An active private link that others have yet to accept holds nobody up."""
        assert items([SESSIONS], "endpoint", told(waiting="2 to accept the share"), accepted())

    def test_private_dns_can_be_off(self) -> None:
        item = one_item({**BY_SHARE, "private_dns_enabled": False}, "endpoint", accepted(RCFG))
        assert VpcEndpoint(**item).private_dns_enabled is False
        item = one_item({**BY_SHARE, "private_dns_enabled": True}, "endpoint", accepted(RCFG))
        assert item["private_dns_preference"] == "VERIFIED_DOMAINS_ONLY"

    def test_a_network_is_joined_and_gets_an_endpoint_where_subnets_say_so(self) -> None:
        item = one_item(NETWORK, "association", accepted(RCFG))
        assert Association(**item).pair == ("sn-0b30000000000000a", "rcfg-0b30000000000000a")
        assert one_item(NETWORK, "endpoint", accepted(RCFG))["type"] == "ServiceNetwork"
        assert items([{**NETWORK, "subnet_ids": []}], "endpoint", accepted(RCFG)) == []

    def test_a_vpc_may_be_associated_instead_of_an_endpoint(self) -> None:
        link = {**NETWORK, "attach": "vpc", "security_group_ids": ["sg-1"]}
        assert items([link], "endpoint", accepted(RCFG)) == []
        item = one_item(link, "vpc_association", accepted(RCFG))
        taken = VpcAssociation(**item)
        assert (taken.network_id, taken.vpc_id, taken.security_group_ids) == (
            NETWORK["service_network"],
            "vpc-1",
            ["sg-1"],
        )
        assert (taken.private_dns_enabled, taken.private_dns_preference) == (True, "VERIFIED_DOMAINS_ONLY")
        assert items([{**link, "private_dns_enabled": False}], "vpc_association", accepted(RCFG))[0].keys() >= {
            "vpc_id"
        }
        assert items([link], "vpc_association", done(status="waiting", waiting="account 7 to share")) == []
        gone = one_item({**link, "state": "absent"}, "vpc_association")
        assert (gone["service_network"], gone["vpc_id"]) == (NETWORK["service_network"], "vpc-1")
        assert items([NETWORK], "vpc_association", accepted(RCFG)) == []
        (entry,) = report([link], accepted(RCFG), done(association_id="snra-1"), done(vpc_association_id="snva-1"))
        assert (entry["status"], entry["vpc_association_id"]) == ("connected", "snva-1")

    @pytest.mark.parametrize(
        ("link", "says"),
        [
            ({**BY_SHARE, "attach": "vpc"}, "attach=vpc is for links through a service network"),
            ({**NETWORK, "attach": "vpc", "vpc_id": None}, "vpc_id is missing"),
        ],
    )
    def test_a_vpc_that_cannot_be_associated_stops_its_link_alone(self, link: dict[str, Any], says: str) -> None:
        (resolved,) = redis(link)
        assert says in resolved["fault"]
        assert "fault" not in redis({**link, "attach": "endpoint"})[0]
        assert "fault" not in redis({**link, "state": "absent"})[0]

    def test_a_vpc_is_associated_by_one_link(self) -> None:
        links = [{**NETWORK, "attach": "vpc"}, {**NETWORK, "attach": "vpc", "name": "carts"}]
        with pytest.raises(AnsibleFilterError, match="sessions and carts would both associate vpc-1"):
            redis(*links)
        redis(links[0], {**links[1], "attach": "endpoint"})
        redis(links[0], {**links[1], "state": "absent"})

    def test_free_addresses_are_asked_for_where_the_endpoint_is_not_yet(self) -> None:
        item = one_item(SESSIONS, "prerequisite")
        assert (item["vpc_endpoint"], item["subnet_ids"], "load_balancer" in item) == (KEY, ["subnet-a"], False)


class TestTeardown:
    def test_what_the_vendor_lets_go_of_is_ours(self) -> None:
        item = one_item({**GOING, "service_network": "arn:aws:x:servicenetwork/sn-1"}, "disassociation", MADE)
        assert item == {"name": KEY, "subscription_id": 4712, "disassociate": ["vpce-1", "sn-1"]}
        assert items([GOING], "disassociation") == []  # nothing of ours is connected

    @pytest.mark.parametrize("step", ["disassociation", "removal"])
    def test_what_was_adopted_stays_connected(self, step: str) -> None:
        adopted = done(vpc_endpoint_id="vpce-1", tags={ADOPTED_TAG: "true"})
        assert items([GOING], step, adopted) == []
        assert items([{**GOING, "adopt": True}], step) == []  # left by a run before
        network = {**NETWORK, "state": "absent", "adopt": True}
        assert items([network], step) == []
        assert items([{**GOING, "adopt": True}], step, done(vpc_endpoint_id="vpce-1", tags={})) != []  # made here

    @pytest.mark.parametrize("step", ["disassociation", "removal"])
    def test_what_would_not_be_deleted_stays_connected(self, step: str) -> None:
        assert items([GOING], step, failed("it belongs to the environment blue")) == []

    def test_the_removal_is_what_the_module_takes(self) -> None:
        principals = [{"principal": "111111111111", "type": "aws_account"}]
        item = one_item({**GOING, "principals": principals, "share_name": "ours"}, "removal")
        assert (PrivateLink(**item).state, item["share_name"]) == ("absent", "ours")
        assert "disassociate" not in item

    def test_links_of_one_subscription_are_one_private_link(self) -> None:
        links = [
            {**SESSIONS, "share_name": "redis-4712", "principals": [{"principal": "1"}]},
            {**SESSIONS, "name": "carts", "principals": [{"principal": "1"}, {"principal": "2"}]},
        ]
        (item,) = items(links, "private_link")
        assert (item["name"], item["share_name"]) == (KEY, "redis-4712")
        assert [principal["principal"] for principal in item["principals"]] == ["1", "2"]
        written = {"private_link": told(writes=["redis_cloud:CreatePrivateLink"], changed=True)}
        entries = report(links, written)
        assert [(entry["name"], entry["writes"], entry["changed"]) for entry in entries] == [
            ("sessions", ["redis_cloud:CreatePrivateLink"], True),
            ("carts", [], False),
        ]
        assert [entry["resource_share_arn"] for entry in entries] == [SHARE, SHARE]
        links[1]["share_name"] = "other"
        with pytest.raises(AnsibleFilterError, match="name different shares"):
            items(links, "private_link")

    def test_a_failure_is_told_of_each_link_of_the_subscription(self) -> None:
        links = [SESSIONS, {**SESSIONS, "name": "carts"}, {**SESSIONS, "name": "far", "region_id": 2}]
        assert [entry["status"] for entry in report(links, {"private_link": failed("401")})] == [
            "failed",
            "failed",
            "connected",
        ]

    def test_a_plan_names_the_end_of_a_connection_once(self) -> None:
        ended = {**done(writes=["redis_cloud:Disassociate"], changed=True), "check_mode": True}
        removed = {**done(writes=["redis_cloud:Disassociate", "redis_cloud:Delete"], changed=True), "check_mode": True}
        (entry,) = report(GOING, {"disassociation": ended}, {"removal": removed})
        assert entry["next_action"] == "2 calls to make"

    def test_a_private_link_stays_while_a_link_needs_it(self) -> None:
        carts = {**GOING, "name": "carts"}
        assert [item["name"] for item in items([GOING, carts], "removal")] == [KEY]
        assert items([GOING, SESSIONS | {"name": "carts"}], "removal") == []
        assert items([carts, GOING], "removal", failed("its endpoint could not be deleted")) == []

    def test_without_a_share_no_association_is_left(self) -> None:
        leaving = {**NETWORK, "state": "absent"}
        assert items([leaving], "association", done(status="waiting")) == []
        assert items([leaving], "association", accepted(RCFG)) != []

    def test_only_a_share_that_is_named_is_looked_into(self) -> None:
        assert one_item({**NETWORK, "state": "absent"}, "shared")["resource_share_arn"] == SHARE
        assert items([GOING], "shared") == []
        assert items([{**NETWORK, "state": "absent", "resource_configuration": RCFG}], "shared") == []

    def test_a_step_after_a_report_leaves_out_what_failed_or_still_moves(self) -> None:
        links: list[dict[str, Any]] = [{**GOING, "name": name} for name in ("a", "b", "c")]
        steps = {"results": [{**failed("denied")["results"][0], "name": "redis-cloud-a"}], "failed_items": []}
        moving = {**done(waiting="endpoint vpce-1 to be deleted", writes=["ec2:DeleteVpcEndpoints"], changed=True)}
        moving["results"][0]["name"] = "redis-cloud-b"
        before = report(links, steps, moving)
        assert [item["name"] for item in items(links, "absent", before)] == ["redis-cloud-c"]
        again = {entry["name"]: entry for entry in report(links, before, {"results": []})}
        assert again["a"]["line"] == "redis-cloud a: failed: denied"
        assert again["b"]["line"] == "redis-cloud b: waiting on AWS: endpoint vpce-1 to be deleted"
        assert (again["b"]["writes"], again["b"]["changed"]) == (["ec2:DeleteVpcEndpoints"], True)
        assert again["c"]["status"] == "absent"


class TestDiscovery:
    def found(self, *endpoints: dict[str, Any], link: dict[str, Any] | None = None, **told: Any) -> dict[str, Any]:
        reached = {"endpoints": list(endpoints), "associations": [], **told}
        return report(link or SESSIONS, MADE, {"reached": reached})[0]

    def test_each_link_has_the_endpoints_behind_its_own(self) -> None:
        assert self.found(database(), database(vpc_endpoint_id="vpce-2"))["endpoints"] == [
            {
                "type": "database",
                "dns_name": "vpce-1.example.aws",
                "private_dns_name": "redis-1.example.com",
                "dns-entry": "vpce-1.example.aws",
                "private-dns-entry": "redis-1.example.com",
                "port": 14711,
                "database_id": 1,
            }
        ]

    def test_a_network_is_told_by_its_association(self) -> None:
        of_network = database(association_id="snra-1", vpc_endpoint_id=None)
        both = [MADE, done(association_id="snra-1")]
        (entry,) = report(NETWORK, *both, {"reached": {"endpoints": [database(), of_network]}})
        assert len(entry["endpoints"]) == 1

    def test_of_a_link_that_has_nothing_yet_nothing_is_asked(self) -> None:
        assert items([SESSIONS, NETWORK | {"name": "n"}], "reached", done(association_id="")) == []
        assert one_item(SESSIONS, "reached", told(), MADE) == {
            "name": KEY,
            "vpc_endpoint_id": "vpce-1",
            "databases": DATABASES,
        }
        assert report(SESSIONS, done(), {"reached": {"msg": "denied"}})[0]["status"] == "connected"

    def test_names_that_are_off_lead_nowhere(self) -> None:
        (endpoint,) = self.found(database(), link={**SESSIONS, "private_dns_enabled": False})["endpoints"]
        assert (endpoint["private_dns_name"], endpoint["dns_name"]) == (None, "vpce-1.example.aws")

    def test_what_failed_is_told_in_the_words_of_aws(self) -> None:
        broken = {"vpc_endpoint_id": "vpce-1", "associated_resource_arn": RCFG}
        broken |= {"failure_code": "Gone", "failure_reason": "it was deleted."}
        result = self.found(database(), associations=[broken])
        assert result["line"].endswith(f"failed: connected, but not everything is reached: {RCFG} Gone: it was deleted")
        assert len(result["endpoints"]) == 1
        assert self.found(associations=[{**broken, "vpc_endpoint_id": "vpce-2"}])["status"] == "connected"
        assert self.found(associations=[{**broken, "status": "PARTIAL"}])["status"] == "connected"

    def test_a_discovery_that_failed_fails_its_links(self) -> None:
        (entry,) = report(SESSIONS, MADE, {"reached": {"msg": "ec2:DescribeVpcEndpointAssociations: denied"}})
        assert entry["status"] == "failed"
        assert entry["next_action"].endswith("Associations: denied")


class TestChecks:
    def probes(self, *endpoints: dict[str, Any], **link: Any) -> list[dict[str, Any]]:
        return items({**SESSIONS, **link}, "probe", done(endpoints=list(endpoints)))

    def test_every_endpoint_is_tried_and_databases_by_tls(self) -> None:
        assert self.probes(METRICS, database(), tls=True) == [
            {
                "name": f"{KEY} metrics at internal.example.com:8070",
                "host": "internal.example.com",
                "port": 8070,
                "tls": False,
            },
            {
                "name": f"{KEY} database 1 at redis-1.example.com:14711",
                "host": "redis-1.example.com",
                "port": 14711,
                "tls": True,
            },
        ]

    def test_endpoints_that_are_alike_have_names_of_their_own(self) -> None:
        alike = [database(**{"private_dns_name": name, "database_id": None}) for name in ("a.example", "b.example")]
        assert len({probe["name"] for probe in self.probes(*alike)}) == 2
        assert len(self.probes(*alike, *alike)) == 2

    def test_what_has_no_port_or_name_cannot_be_tried(self) -> None:
        assert self.probes(database(port=None), database(**{"dns_name": None, "private_dns_name": None})) == []
        (unnamed,) = self.probes(database(**{"private_dns_name": None, "type": None}))
        assert unnamed["host"] == "vpce-1.example.aws"
        assert " endpoint 1 at " in unnamed["name"]

    def test_a_link_fails_with_what_does_not_answer(self) -> None:
        steps = [done(endpoints=[METRICS, database()])]
        first, second = (probe["name"] for probe in items(SESSIONS, "probe", *steps))
        answers = [{"name": first, "failed": False, "msg": ""}, {"name": second, "failed": True, "msg": "refused"}]
        entry, other = report([SESSIONS, {**SESSIONS, "name": "other"}], *steps, {"checked": {"results": answers}})
        assert (entry["checks"], other["status"]) == (answers, "connected")
        assert entry["next_action"].endswith("answers: database 1 at redis-1.example.com:14711: refused")

    def test_a_check_that_could_not_be_made_fails_its_links(self) -> None:
        """As where the host that shall try is not reached."""
        steps = [done(endpoints=[METRICS])]
        unreachable = {"checked": {"unreachable": True, "msg": "no route"}}
        entry, other = report([SESSIONS, {**SESSIONS, "name": "other"}], *steps, unreachable)
        assert (entry["status"], other["status"]) == ("failed", "connected")
        assert entry["next_action"].endswith("no route")


class TestReport:
    def line(self, *steps: dict[str, Any], **link: Any) -> str:
        (entry,) = report([{**SESSIONS, **link}], *steps)
        return str(entry["line"]).removeprefix("redis-cloud sessions: ")

    def test_connected_and_what_is_known_of_it(self) -> None:
        (entry,) = report([SESSIONS], told(), accepted(RCFG), MADE, done(endpoints=[database()]))
        assert (entry["status"], entry["next_action"]) == ("connected", "")
        known = {"resource_share_arn": SHARE, "resource_configuration": RCFG, "vpc_endpoint_id": "vpce-1"}
        assert {name: entry[name] for name in known} == known

    def test_an_active_link_that_others_have_not_accepted_is_connected(self) -> None:
        assert self.line(told(waiting="2 to accept the share in AWS"), accepted(RCFG), MADE) == "connected"

    def test_serving_in_part_is_told_with_the_reason(self) -> None:
        association = done(association_id="snra-1", status="PARTIAL", failure_code="Full", failure_reason="No room.")
        assert self.line(association) == "connected: snra-1 serves only in part: Full: No room"
        endpoint = done(vpc_endpoint_id="vpce-1", state="Partial", last_error={"code": "C", "message": "Why."})
        assert self.line(endpoint) == "connected: vpce-1 serves only in part: C: Why"

    def test_a_link_with_nothing_behind_it_says_so(self) -> None:
        assert self.line(MADE, done(endpoints=[])).startswith("connected: nothing is behind it yet")

    def test_a_share_that_has_not_come_waits_on_the_vendor_and_one_accepted_on_aws(self) -> None:
        waiting = done(status="waiting", waiting="account 7 to share redis-4712")
        assert self.line(waiting) == "waiting on vendor: account 7 to share redis-4712"
        assert self.line(accepted(waiting="the share to be listed")) == "waiting on AWS: the share to be listed"

    def test_planned(self) -> None:
        step = {**done(writes=["ec2:CreateVpcEndpoint"], changed=True), "check_mode": True}
        assert self.line(step, done(endpoints=[])) == "planned: 1 call to make"


def test_what_a_link_that_is_left_alone_needs_stays() -> None:
    """Also where that link alone names the share."""
    leaving = {"name": "a", "subscription_id": 1, "state": "absent", "principals": []}
    others = redis({"name": "b", "subscription_id": 1, "share_name": "s"})
    assert [item["name"] for item in items(leaving, "removal")] == ["redis-cloud-a"]
    assert items(leaving, "removal", others=others) == []
    assert items({**leaving, "state": "present"}, "private_link", others=others)[0]["share_name"] == "s"


class TestAsk:
    def test_a_link_of_which_nothing_is_known_waits_for_a_human(self) -> None:
        (entry,) = report({"name": "a"})
        assert entry["line"] == "redis-cloud a: waiting on vendor: share in the console"
        for known in ({"subscription_id": 1}, {"resource_share_arn": SHARE}, {"resource_configuration": RCFG}):
            assert report({"name": "a", **known})[0]["status"] == "connected"


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ({**BY_SHARE, "resource_share_arn": "redis-4712"}, "Not the ARN of a resource share"),
        ({**BY_SHARE, "owner_account_id": "733373337334"}, "a share of account 733373337333"),
        ({**BY_SHARE, "resource_configuration": "rcfg-1"}, "resource_configuration is neither an id nor an ARN"),
        ({**NETWORK, "service_network": "mine"}, "service_network is neither an id nor an ARN of one: 'mine'"),
        ({**NETWORK, "service_network": None}, "service_network is missing"),
        ({**SESSIONS, "share_name": "x" * 65}, "share_name has 1 to 64 characters"),
        ({**SESSIONS, "principals": [{"principal": "7"}]}, "Not an account id of 12 digits: '7'"),
        ({**SESSIONS, "security_group_ids": []}, "security_group_ids is empty"),
        ({**SESSIONS, "vpc_endpoint_id": "mine"}, "Not the id of an endpoint: 'mine'"),
    ],
    ids=str,
)
def test_what_a_later_module_would_refuse_stops_the_link_at_its_first(link: dict[str, Any], fault: str) -> None:
    assert fault in redis(link)[0].get("fault", "")
    assert items(link, "private_link", done()) == items(link, "endpoint", done()) == []
    (entry,) = report(link, done())
    assert fault in entry["line"]


def test_what_links_share_is_held_only_where_all_of_them_are() -> None:
    other = {**SESSIONS, "name": "carts"}

    def unfit(*names: str) -> dict[str, Any]:
        return {"results": [{"name": name, "status": "fail", "failed": True, "msg": "subnets"} for name in names]}

    some = unfit(KEY)
    (item,) = items([SESSIONS, other], "private_link", some)
    assert item["name"] not in {entry["name"] for entry in items([SESSIONS, other], "hold", some)}
    both = unfit(KEY, "redis-cloud-carts")
    (item,) = items([SESSIONS, other], "private_link", both)
    assert item["name"] in {entry["name"] for entry in items([SESSIONS, other], "hold", both)}


@pytest.mark.parametrize("link", [SESSIONS, BY_SHARE, NETWORK, GOING], ids=str)
def test_what_the_steps_have_yet_to_tell_is_no_fault(link: dict[str, Any]) -> None:
    assert "fault" not in redis(link)[0]


@pytest.mark.parametrize("other", [BY_SHARE, SESSIONS], ids=["by its ARN", "by subscription"])
def test_a_share_that_others_need_is_not_left(other: dict[str, Any]) -> None:
    leaving = {**BY_SHARE, "state": "absent", "leave_share": True}
    staying = redis({**other, "name": "first"})
    (kept,) = redis(leaving)
    assert link_items([kept], "share", others=staying) == []
    (entry,) = link_report([kept], [done()], others=staying)
    assert entry["line"] == "redis-cloud sessions: absent: its share stays, for it is that of first too"
    elsewhere = redis(
        {**other, "name": "first", "subscription_id": 9, "resource_share_arn": SHARE.replace("7ab6", "1")}
    )
    assert len(link_items([kept], "share", others=elsewhere)) == 1
    assert len(link_items([kept], "share", others=redis({**other, "name": "first", "state": "absent"}))) == 1
