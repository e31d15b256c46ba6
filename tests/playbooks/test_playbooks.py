# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks as a user runs them: plans, narrowing, bad input, interruptions, denials."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.saas.privatelink.plugins.module_utils._aws.tags import ENVIRONMENT_TAG

from tests.sandbox.client import ROOT, eventually
from tests.tools.iam.calls import further, primary
from tests.tools.iam.policy import Request, is_allowed, statements
from tests.tools.playbook import CONTROLLER, Run, run

from .conftest import REDIS_SECRET, ROLE_SECRET, Company, Link

BUILT = [
    "CreateTargetGroup",
    "CreateLoadBalancer",
    "ModifyTargetGroupAttributes",
    "CreateListener",
    "RegisterTargets",
    "CreateVpcEndpointServiceConfiguration",
    "ModifyVpcEndpointServicePermissions",
]
TAKEN = ["DeleteVpcEndpointServiceConfigurations", "DeleteLoadBalancer", "DeleteTargetGroup"]
WAITING = "waiting on vendor"
WAREHOUSE = {"name": "warehouse", "destination": "redshift", "cluster_identifier": "analytics"}
PURPOSES = {
    "site": "Take data stores private",
    "status": "Say where each link stands",
    "teardown": "Take links away",
}
EDGE = {"segment_edge_account_id": "333333333333", "segment_edge_vpc_id": "vpc-0ed9e000000000001"}


def stand(run: Run) -> dict[str, str]:
    """The status of each link, by host, vendor and name."""
    return {f"{host} {line.split(': ')[0]}": line.split(": ")[1] for host, line in run.lines}


def built(names: list[str]) -> dict[str, Any]:
    """What the account of ``us`` holds when links of these names are built and nobody has connected."""
    service = {"acceptance_required": True, "principals": ["arn:aws:iam::834469178297:root"], "connections": []}
    balancer = {"zones": ["us-east-1a"], "cross_zone": False, "listeners": {"5432": ["10.20.0.10:5432 healthy"]}}
    keys = [f"fivetran-{name}" for name in names]
    services = {key: {"load_balancers": [key], **service} for key in keys}
    return {"load_balancers": dict.fromkeys(keys, balancer), "services": services}


def interrupt(
    company: Company, kill: Callable[[subprocess.Popen[str]], None], operation: str, *options: str, **variables: Any
) -> None:
    """Run the site until ``us`` has made a call of ``operation``, and kill it while the call is on its way."""
    sandbox, account = company.sandbox, company.accounts["us"]
    sandbox.buckets(enabled=False, latency=0.3)
    process = company.popen("site", *options, **variables)
    eventually(lambda: sandbox.writes(account), lambda log: operation in [call["operation"] for call in log], 120)
    kill(process)
    sandbox.buckets(enabled=False, latency=0)


@pytest.fixture
def estate(company: Company) -> Company:
    """Links in both environments: two of Fivetran and one of Segment, and one of Fivetran."""
    company.hosts["us"] |= {"fivetran_links": [company.link("orders"), company.link("crm")], **EDGE}
    company.hosts["us"] |= {"segment_links": [WAREHOUSE]}
    company.hosts["eu"] |= {"fivetran_links": [company.link("billing", "eu")]}
    return company


def denied(run: Run, *policies: str) -> list[Request]:
    """What policies in docs/iam/vendors do not allow of a run's calls, those of STS apart."""
    together = [statement for name in policies for statement in statements(f"vendors/{name}")]
    calls = [call for call in run.calls if call["service"] != "sts"]
    requests = [request for call in calls for request in [*primary(call), *further(call)]]
    assert requests
    return [request for request in requests if not is_allowed(together, request)]


def test_the_policies_of_the_vendors_are_enough(estate: Company) -> None:
    looking, working = ("segment_read", "fivetran_read"), ("segment", "fivetran")
    for policies, playbook, *options in (
        (looking, "site", "--check"),
        (working, "site"),
        (looking, "status"),
        (looking, "site", "--check"),
        (working, "teardown", "-e", "all_links=true"),
    ):
        if playbook == "status":
            shutil.rmtree(estate.folder / "hand-off")  # as on another machine
        run = estate.play(playbook, *options)
        assert run.status == 0
        changed = [task for task in run.tasks if any(result.get("changed") for result in task["hosts"].values())]
        assert bool(changed) == (playbook != "status")
        assert denied(run, *policies) == []
        assert run.told["plays"][0]["play"]["name"] == PURPOSES[playbook]


def test_a_plan_names_every_link_and_writes_nothing(estate: Company) -> None:
    for host in estate.hosts.values():
        host["privatelink_status_only"] = False  # no variable of an inventory ends what was said on the command line
    plan = estate.play("site", "--check", "--diff")
    assert (plan.status, plan.writes) == (0, [])
    assert sorted(plan.lines) == [
        ("eu", "fivetran billing: planned: 7 calls to make"),
        ("us", "fivetran crm: planned: 7 calls to make"),
        ("us", "fivetran orders: planned: 7 calls to make"),
        ("us", "segment warehouse: planned: 1 call to make"),
    ]
    (ending,) = [task["hosts"] for task in plan.tasks if task["task"]["name"] == "Say where all links stand"]
    (listed,) = [result["msg"] for result in ending.values()]
    assert sorted(listed) == sorted(f"{host}: {line}" for host, line in plan.lines)
    # Each environment is reached by its own credentials: us by its role, eu by its profile.
    seen = {(call["account"], call["region"], call["operation"]) for call in plan.calls}
    assert (estate.accounts["us"], "us-east-1", "DescribeLoadBalancers") in seen
    assert (estate.accounts["eu"], "eu-west-1", "DescribeLoadBalancers") in seen
    assert [call["operation"] for call in plan.calls if call["account"] == CONTROLLER] == ["AssumeRole"]


@pytest.mark.parametrize(
    ("playbook", "variables", "message"),
    [
        ("site", {"link": "typo"}, "No environment of this run lists a link typo."),
        ("teardown", {"link": "", "all_links": "false"}, "Say which link to take away with -e link=NAME"),
        ("teardown", {"link": "orders", "fivetran_only": "crm"}, "fivetran_only is an extra variable"),
    ],
)
def test_a_wrong_name_is_refused_before_any_call(
    estate: Company, playbook: str, variables: dict[str, str], message: str
) -> None:
    """What else is refused, and in which words, is tested where it is decided."""
    refused = estate.play(playbook, **variables)
    assert refused.status
    assert refused.calls == []
    assert any(message in reason for reason in refused.failures.values())


def test_a_run_that_means_nothing_says_so(company: Company) -> None:
    company.hosts = {"us": {"fivetran_link": [company.link("orders")], "aws_region": "us-east-1"}}
    assert "Is fivetran meant?" in company.play("site", "--skip-tags", "fivetrn").failures["us"]
    nothing = company.play("site")
    assert (nothing.status, nothing.calls) == (0, [])
    warned = " ".join((nothing.output + nothing.errors).split())
    assert "us has the variable fivetran_link, which nothing reads: is fivetran_links meant?" in warned
    company.hosts = {}
    assert "The inventory has no hosts" in company.play("site").failures["localhost"]


NARROWED = [
    ["--tags", "fivetran"],
    ["--tags", "segment,redis_cloud"],
    ["--skip-tags", "always"],
    ["--start-at-task", "Converge the links of Segment"],
    ["--start-at-task", "Converge the links of Fivetran", "--limit", "eu"],
]


@pytest.mark.parametrize("options", NARROWED, ids=" ".join)
def test_a_teardown_that_names_nothing_is_refused_however_it_is_narrowed(estate: Company, options: list[str]) -> None:
    estate.hosts["us"]["redis_cloud_links"] = [{"name": "cache", "subscription_id": 1, "share_name": "cache"}]
    refused = estate.play("teardown", *options)
    assert refused.status
    assert refused.calls == []
    assert refused.failures
    assert all("Say which link to take away" in why for why in refused.failures.values())


@pytest.mark.parametrize("options", [[], ["--skip-tags", "always"]], ids=["", "skip"])
def test_an_inventory_arms_no_teardown(estate: Company, options: list[str]) -> None:
    for host in estate.hosts.values():
        host.update(link="orders", all_links=True, all_matches=True)
    refused = estate.play("teardown", *options)
    assert refused.status
    assert refused.calls == []
    assert all("Say which link to take away" in why for why in refused.failures.values())


def test_an_inventory_that_has_a_variable_link_is_in_nobodys_way(estate: Company) -> None:
    estate.hosts["us"].update(link="typo", vendor="nobody", all_links="maybe")
    plan = estate.play("site", "--check", link="", vendor="")  # a survey's blank answers name nothing
    assert plan.status == 0
    assert len(plan.lines) == 4


@pytest.mark.parametrize("state", ["inventory", "extra variable"])
def test_a_state_takes_nothing_away_that_is_not_named(estate: Company, state: str) -> None:
    estate.hosts["us"].update({"fivetran_state": "absent"} if state == "inventory" else {})
    extra = {"fivetran_state": "absent"} if state == "extra variable" else {}
    refused = estate.play("site", "--limit", "us", "--check", **extra)
    assert refused.status
    assert "Say which link to take away" in " ".join(refused.failures.values())
    assert not [call for call in refused.calls if "Delete" in call["operation"]]
    named = estate.play("site", "--limit", "us", "--check", **extra, link="orders")
    assert stand(named) == {"us fivetran orders": "absent"}
    assert "These links will be taken away: us/fivetran/orders." in named.output
    estate.hosts["eu"].update({"fivetran_links": [estate.link("orders")], "fivetran_state": "absent"})
    several = estate.play("site", "--check", **extra, link="orders")
    assert (several.status, several.calls) == (2, [])
    assert "orders names 2 links" in " ".join(several.failures.values())


def test_a_state_in_ones_own_import_takes_nothing_away_that_is_not_named(estate: Company) -> None:
    """Its variables are those of the play, which no host's are asked for."""
    estate.hosts["eu"]["fivetran_links"] = [estate.link("orders")]
    book = estate.folder / "away.yml"
    imported = {"import_playbook": "saas.privatelink.site", "vars": {"fivetran_state": "absent"}}
    book.write_text(yaml.safe_dump([imported]), encoding="utf-8")
    argv = ["ansible-playbook", str(book), *estate.start("site", "--check", link="orders")[2:]]
    refused = run(estate.sandbox, argv, estate.environment)
    assert (refused.status, refused.calls) == (2, [])
    assert "orders names 2 links" in " ".join(refused.failures.values())


def test_a_grant_that_another_link_needs_stays(estate: Company) -> None:
    estate.hosts = {"us": estate.hosts["us"] | {"segment_links": [WAREHOUSE, {**WAREHOUSE, "name": "second"}]}}
    grant = {"Account": EDGE["segment_edge_account_id"], "VpcIds": [EDGE["segment_edge_vpc_id"]]}
    redshift = estate.sandbox.boto(estate.accounts["us"], "redshift")
    redshift.authorize_endpoint_access(ClusterIdentifier="analytics", **grant)
    assert estate.play("teardown", "--check", link="second").lines == [("us", "segment second: absent")]
    both = estate.play("teardown", "--check", vendor="segment", all_links=True)
    assert stand(both) == {"us segment warehouse": "planned", "us segment second": "waiting on AWS"}


def test_a_name_that_several_links_have_takes_none_away(estate: Company) -> None:
    estate.hosts["eu"]["fivetran_links"] = [estate.link("orders")]
    estate.hosts["us"]["segment_links"] = [{**WAREHOUSE, "name": "orders"}]
    refused = estate.play("teardown", "--check", link="orders")
    assert refused.status
    assert refused.calls == []
    message = " ".join(refused.failures.values())
    assert "orders names 3 links: eu/fivetran/orders, us/segment/orders, us/fivetran/orders" in message
    assert "all_matches=true" in message
    for narrowed, options in (
        ({"link": "eu/fivetran/orders"}, []),
        ({"link": "orders"}, ["--limit", "eu"]),
        ({"link": "orders", "vendor": "segment"}, []),
    ):
        (line,) = estate.play("teardown", "--check", *options, **narrowed).lines
        assert line[0] == ("us" if "vendor" in narrowed else "eu")
    every = estate.play("teardown", "--check", link="orders", all_matches=True)
    assert len(every.lines) == 3


def test_what_will_go_is_said_before_it_goes(estate: Company) -> None:
    gone = estate.play("teardown", "--check", all_links=True)
    links = "eu/fivetran/billing, us/segment/warehouse, us/fivetran/orders, us/fivetran/crm"
    said = f"These links will be taken away: {links}."
    told = gone.output.partition('"plays":')[2]  # before it stand statistics of the whole run
    assert said in told
    assert told.index(said) < told.index("fivetran orders: absent")


def test_two_hosts_that_are_one_account_and_region_share_no_name(estate: Company) -> None:
    estate.hosts["blue"] = {**estate.hosts["us"], "fivetran_links": [estate.link("orders")]}
    for playbook, variables in (("site", {}), ("teardown", {"link": "blue/fivetran/orders"})):
        refused = estate.play(playbook, **variables)
        assert refused.status
        assert refused.calls == []
        assert "blue/segment/warehouse and us/segment/warehouse are in one account" in " ".join(
            refused.failures.values()
        )


def test_an_inventory_of_servers_is_no_obstacle(estate: Company) -> None:
    """Its connection, its other user and its interpreter are not for the controller, and servers cost nothing."""
    servers = {"ansible_connection": "ssh", "ansible_become": True, "ansible_python_interpreter": "/usr/bin/nothing"}
    for host in estate.hosts.values():
        host.update(servers)
    estate.hosts["web"] = {**servers, "ansible_host": "192.0.2.1"}
    plan = estate.play("site", "--check")
    assert plan.status == 0
    assert len(plan.lines) == 4
    assert "web" not in plan.output.replace("Say which", "")
    narrowed = estate.play("site", "--check", privatelink_hosts="eu")
    assert {host for host, line in narrowed.lines} == {"eu"}


def test_credentials_of_another_account_call_nothing(estate: Company) -> None:
    estate.hosts["us"]["aws_account_id"] = estate.accounts["us"]
    estate.hosts["eu"]["aws_account_id"] = estate.accounts["us"]
    run = estate.play("site", "--check")
    assert run.status
    assert f"not of {estate.accounts['us']}, as aws_account_id" in " ".join(run.failures.values())
    europe = [call["operation"] for call in run.calls if call["account"] == estate.accounts["eu"]]
    assert set(europe) == {"GetCallerIdentity"}
    asked = [call for call in run.calls if call["operation"] == "GetCallerIdentity"]
    assert len([call for call in asked if call["account"] == estate.accounts["us"]]) == 1


def test_credentials_that_are_named_but_undefined_are_never_replaced_by_the_controllers_own(company: Company) -> None:
    """As when the file with the variable was forgotten: no call may be made with what happens to be there."""
    link = company.link("orders")
    names = ["aws_role_arn", "aws_profile", "aws_role_external_id", "aws_account_id"]
    plain = {"aws_region": "us-east-1", "fivetran_links": [link], "redis_cloud_links": [company.redis()]}
    company.hosts = {name: {**plain, name: "{{ vault_" + name + " }}"} for name in names}
    run = company.play("site")
    assert run.status
    assert run.calls == []
    assert {name for name in names if f"'vault_{name}' is undefined" in run.failures[name]} == set(names)
    regions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"]
    company.hosts = {
        name: {**plain, name: "", "aws_region": region} for name, region in zip(names, regions, strict=True)
    }
    run = company.play("site")
    assert run.calls == []
    assert {name for name in names if f"{name} is blank" in run.failures[name]} == set(names)


def test_runs_narrow_to_hosts_vendors_and_links(estate: Company) -> None:
    first = estate.play("fivetran", link="orders")
    assert (first.status, stand(first)) == (0, {"us fivetran orders": WAITING})
    assert estate.written(first) == {"us": BUILT}

    segment = estate.play("segment")
    assert estate.written(segment) == {"us": ["AuthorizeEndpointAccess"]}

    europe = estate.play("site", "--limit", "eu", "--tags", "fivetran", "-vvv")
    assert (europe.status, estate.written(europe)) == (0, {"eu": BUILT})

    orders, crm = estate.hosts["us"]["fivetran_links"]
    estate.hosts["us"]["fivetran_links"] = [{**orders, "name": "sales"}, crm]
    status = estate.play("status")
    assert (status.status, status.writes) == (0, [])
    orphan = "no link names it, and there is load balancer fivetran-orders, endpoint service vpce-svc-"
    assert [line.partition(": ")[2][: len(orphan)] for dummy, line in status.lines if "orders" in line] == [orphan]
    estate.hosts["us"]["fivetran_links"] = [orders, crm]
    status = estate.play("status")
    assert stand(status) == {
        "eu fivetran billing": WAITING,
        "us fivetran crm": "planned",
        "us fivetran orders": WAITING,
        "us segment warehouse": WAITING,
    }

    gone = estate.play("teardown", link="orders")
    assert (gone.status, stand(gone)) == (0, {"us fivetran orders": "absent"})
    assert estate.written(gone) == {"us": TAKEN}
    assert list(estate.holds("us")) == ["grants"]
    assert list(estate.holds("eu")["services"]) == ["fivetran-billing"]


def test_bad_links_fail_alone_and_before_their_first_write(company: Company) -> None:
    ec2, elb = (company.sandbox.boto(company.accounts["us"], service) for service in ("ec2", "elbv2"))
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.99.0.0/24")["Subnet"]["SubnetId"]
    elb.create_load_balancer(Name="fivetran-taken", Type="network", Scheme="internal", Subnets=[subnet])
    orders = company.link("orders")
    topic = {"topic_arn": "arn:aws:sns:x", "events": ["Connect"]}
    bad: dict[str, tuple[Link, str]] = {
        "bare": ({"vpc_id": None, "subnet_ids": None}, "subnets: No subnets are given"),
        "empty": ({"subnet_ids": []}, "subnets: No subnets are given"),
        "port": ({"port": 70000}, "port: Not a port, which is 1 to 65535: 70000"),
        "ghost": ({"endpoint": "ghost.test"}, "endpoint: The endpoint does not resolve: ghost.test"),
        "foreign": ({"vpc_id": vpc}, f"subnets: .* not in {vpc}"),
        "taken": ({}, f"load-balancer: There is a load balancer fivetran-taken already, but its VPC is {vpc}"),
        "topic": ({"connection_notifications": [topic]}, "topics: Not the ARN of an SNS topic: 'arn:aws:sns:x'"),
    }
    company.hosts["us"]["fivetran_links"] = [{**orders, **own, "name": name} for name, (own, dummy) in bad.items()]
    company.hosts["us"]["fivetran_links"] += [orders, {**WAREHOUSE, "name": "cluster", "cluster_identifier": "none"}]
    crm = company.link("crm", "eu", destination="rds_postgres")
    company.hosts["eu"] |= {"segment_links": [crm], "segment_principal_arn": "arn:aws:iam::333333333333:role/a/b"}
    bi = {**crm, "name": "bi"}
    company.hosts["malformed"] = company.hosts["eu"] | {
        "segment_links": [bi],
        "segment_principal_arn": "arn:aws:iam::333:root",
    }

    run = company.play("site")
    expected = {f"us fivetran {name}": reason for name, (dummy, reason) in bad.items()} | {
        "us fivetran cluster": "cluster: Redshift cluster none does not exist",
        "eu segment crm": "principals: AWS does not accept a principal with a path",
        "malformed segment bi": "principals: Not a principal: 'arn:aws:iam::333:root'",
    }
    lines = {f"{host} {line.partition(': ')[0]}": line.partition(": ")[2] for host, line in run.lines}
    assert run.status
    assert lines.pop("us fivetran orders").startswith(WAITING)
    assert {name for name, line in lines.items() if re.match(f"failed: .*{expected[name]}", line)} == set(expected)
    assert company.written(run) == {"us": BUILT}
    assert all(line in run.failures[name.split()[0]] for name, line in lines.items() if name in expected)


def test_what_can_never_be_is_refused_before_any_call(company: Company) -> None:
    link = company.link
    through: dict[str, Any] = {"route": "port_forwarder", "forwarder": "zone", "security_group_ids": ["sg-75730001"]}

    def forwarded(**said: Any) -> dict[str, Any]:
        """A link through a forwarder, and the forwarder, of which one says something."""
        own = {name: said.pop(name) for name in ("nameservers",) if name in said}
        zone = {"name": "zone", "subnet_ids": link("a")["subnet_ids"], "image_id": "ami-1", **own}
        return {"fivetran_links": [link("a", **through, **said)], "fivetran_forwarders": [zone]}

    bad: dict[str, tuple[dict[str, Any], str]] = {
        "destination": (
            {"fivetran_links": [link("a", destination="oracle")]},
            "a: unknown destination 'oracle'. Known: aurora_mysql",
        ),
        "option": ({"fivetran_links": [link("a", prot=1)]}, "a: a link to aurora_postgresql does not take prot"),
        "region": (
            {"fivetran_links": [link("a")], "aws_region": ""},
            "aws_region is blank: give the region of this environment",
        ),
        "nameless": ({"fivetran_links": [{"destination": "redshift"}]}, "Every link needs a name"),
        "twice": ({"fivetran_links": [link("a"), link("a")]}, "share the resource name fivetran-a: rename a"),
        "alike": ({"segment_links": [{**WAREHOUSE, "name": "a-b"}, {**WAREHOUSE, "name": "a_b"}]}, "rename a_b"),
        "word": ({"fivetran_links": [link("a", port="http")]}, "a: port is a number, not 'http'"),
        "state": ({"segment_links": [{**WAREHOUSE, "state": "gone"}]}, "state must be one of: present, absent"),
        "url": (
            {"fivetran_links": [link("a", endpoint="https://db.example:5432/x")]},
            "a: endpoint is .*take away 'https",
        ),
        "user": (forwarded(check_user="health check"), "a: check_user of database 'a' is 'health check'"),
        "line": (forwarded(endpoint="db.example\n    server x 192.0.2.1"), "a: endpoint is "),
        "health": (forwarded(forwarder_port=801), "the health check and a would share port 801"),
        "resolver": (forwarded(nameservers=["10.0.0.2 #"]), "Forwarder 'zone': '10.0.0.2 #' is not the address"),
        "foreign": (
            {"fivetran_links": [link("a"), link("b", destination="redshift")]},
            "b: a link to redshift does not take endpoint, subnet_ids, vpc_id",
        ),
    }
    company.hosts = {
        host: {**company.hosts["us"], "aws_region": f"us-{host}-1", **variables}
        for host, (variables, dummy) in bad.items()
    }
    run = company.play("site")
    assert run.status
    assert run.calls == []
    assert {host for host, reason in run.failures.items() if re.search(bad[host][1], reason)} == set(bad)
    refused = [task["hosts"] for task in run.tasks if any(result.get("failed") for result in task["hosts"].values())]
    for host in set(bad) - {"region"}:  # a blank that a template refuses is told in Ansible's words
        reasons = [hosts[host]["msg"] for hosts in refused if host in hosts and hosts[host].get("failed")]
        assert reasons
        assert not [reason for reason in reasons if "Task failed" in reason or "filter plugin" in reason]


def test_an_interrupted_run_is_continued(company: Company, kill: Callable[[subprocess.Popen[str]], None]) -> None:
    sandbox, account = company.sandbox, company.accounts["us"]
    company.hosts = {"us": {**company.hosts["us"], "fivetran_links": [company.link("orders")]}}
    for operation in ("CreateLoadBalancer", "CreateVpcEndpointServiceConfiguration"):
        interrupt(company, kill, operation)
    last = company.play("site")
    assert (last.status, stand(last)) == (0, {"us fivetran orders": WAITING})
    assert [call["operation"] for call in sandbox.writes(account)].count("CreateLoadBalancer") == 1
    assert company.holds("us") == built(["orders"])


def test_two_runs_at_once_leave_nothing_to_put_right(company: Company) -> None:
    sandbox, account = company.sandbox, company.accounts["us"]
    company.hosts = {"us": {**company.hosts["us"], "fivetran_links": [company.link("orders")]}}
    assert company.play("site").status == 0
    services = sandbox.boto(account, "ec2").describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    sandbox.connect(services[0]["ServiceName"])
    both = [company.popen("site"), company.popen("site")]
    assert len([process.communicate() for process in both]) == 2
    last = company.play("site")
    assert (last.status, stand(last), last.writes) == (0, {"us fivetran orders": "connected"}, [])
    assert company.holds("us")["services"]["fivetran-orders"]["connections"] == ["834469178297 available"]


def test_a_further_endpoint_of_the_vendors_account_waits_until_it_is_listed(company: Company) -> None:
    """The account serves all of the vendor's customers, and any of them may have learnt the service's name."""
    sandbox, ec2 = company.sandbox, company.sandbox.boto(company.accounts["us"], "ec2")
    company.hosts = {"us": {**company.hosts["us"], "fivetran_links": [company.link("orders")]}}
    company.play("site")
    service = ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"][0]["ServiceName"]
    ours = sandbox.connect(service)["VpcEndpointId"]
    connected = company.play("site")
    assert connected.lines == [("us", f"fivetran orders: connected: {ours} of account 834469178297")]
    assert connected.kept["us"]["fivetran/orders"]["line"] == connected.lines[0][1]
    sheet = (company.folder / "hand-off" / "us" / "fivetran-orders.md").read_text(encoding="utf-8")
    assert f"| Connected | {ours} of account 834469178297 |" in sheet
    assert "Nothing to send." in sheet
    others = [sandbox.connect(service)["VpcEndpointId"] for dummy in range(3)]
    held = company.play("site")
    ((dummy, line),) = held.lines
    assert (held.status, held.writes, stand(held)) == (0, [], {"us fivetran orders": "waiting on vendor"})
    assert others[0] in held.kept["us"]["fivetran/orders"]["send"]["message"]
    assert "3 more requests to be confirmed" in line
    assert all(endpoint in line for endpoint in [ours, *others])
    company.hosts["us"]["fivetran_links"] = [company.link("orders", vpc_endpoint_ids=[ours, others[1]])]
    listed = company.play("site")
    assert [call["params"]["VpcEndpointIds"] for call in listed.writes] == [[others[1]]]


def test_a_standing_link_changes_its_route_and_back(company: Company) -> None:
    """Its port leaves a target group that serves only for one that does."""
    elb, group = company.sandbox.boto(company.accounts["us"], "elbv2"), "sg-75730001"
    direct = company.link("orders", security_group_ids=[group], enforce_privatelink_rules=False)
    forwarded = {**direct, "route": "port_forwarder", "forwarder": "main"}
    hosts = {"name": "main", "subnet_ids": direct["subnet_ids"], "image_id": "ami-12345678"}
    company.hosts = {"us": {**company.hosts["us"], "fivetran_forwarders": [hosts]}}
    targets = []
    for link in (direct, forwarded, direct):
        company.hosts["us"]["fivetran_links"] = [link]
        first, again = company.play("site"), company.play("site")
        assert (first.status, again.status, again.writes) == (0, 0, [])
        assert stand(again) == {"us fivetran orders": WAITING}
        (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
        (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        (behind,) = [action["TargetGroupArn"] for action in listener["DefaultActions"]]
        described = elb.describe_target_health(TargetGroupArn=behind)["TargetHealthDescriptions"]
        assert {target["TargetHealth"]["State"] for target in described} == {"healthy"}
        targets.append([target["Target"]["Id"] for target in described])
        moved = [call["operation"] for call in first.writes]
        if "ModifyListener" in moved:
            assert moved.index("CreateListener") < moved.index("ModifyListener") < moved.index("DeleteTargetGroup")
    assert targets[0] == targets[2] == ["10.20.0.10"]
    assert all(target.startswith("i-") for target in targets[1])


def test_denials_name_the_missing_permission_and_throttling_is_waited_out(company: Company) -> None:
    sandbox = company.sandbox
    company.hosts = {"us": {**company.hosts["us"], "fivetran_links": [company.link("orders")]}}
    sandbox.fault("ec2", "CreateVpcEndpointServiceConfiguration", "deny", times=None)
    denied = company.play("site")
    assert denied.status
    assert stand(denied) == {"us fivetran orders": "failed"}
    assert "ec2:CreateVpcEndpointServiceConfiguration" in denied.failures["us"]
    sandbox.clear_faults()
    for service, operation in (
        ("elbv2", "DescribeLoadBalancers"),
        ("ec2", "DescribeVpcEndpointServiceConfigurations"),
        ("ec2", "CreateVpcEndpointServiceConfiguration"),
    ):
        sandbox.fault(service, operation, "throttle", times=2)
    waited = company.play("site")
    sandbox.clear_faults()
    assert len([call for call in waited.calls if call["error"]]) == 6
    assert (waited.status, stand(waited)) == (0, {"us fivetran orders": WAITING})
    assert company.holds("us") == built(["orders"])


def test_a_forwarder_is_planned_in_the_account_of_the_environment(company: Company) -> None:
    """Also in a play's own check mode. All act in one session."""
    with_forwarder(company)
    plan = company.play("status", "-vvvv")
    assert (plan.status, plan.writes, stand(plan)) == (0, [], {"us fivetran orders": "planned"})
    asked = {call["operation"]: call["account"] for call in plan.calls}
    assert asked["DescribeAutoScalingGroups"] == asked["DescribeLoadBalancers"] == company.accounts["us"]
    assert [call["operation"] for call in plan.calls if call["account"] == CONTROLLER] == ["AssumeRole"]


def test_a_function_is_planned_in_the_session_of_all_other_tasks(company: Company) -> None:
    """20 minutes are enough for our modules, which renew their keys by themselves."""
    with_function(company)
    company.sandbox.sessions(1200)
    plan = company.play("status")
    company.sandbox.sessions(None)
    assert (plan.status, stand(plan)) == (0, {"us fivetran orders": "planned"})
    told = {call["operation"]: call for call in plan.calls if call["account"] == company.accounts["us"]}
    assert {"DescribeAlarms", "GetFunction", "GetRole", "DescribeVpcs"} <= set(told)
    assert len({call["access_key"] for call in told.values()}) == 1


def test_credentials_lie_in_a_private_folder_that_goes_with_the_run(company: Company, tmp_path: Path) -> None:
    """Ansible's own process, from which all others are forked, holds none at the end."""
    with_forwarder(company)
    local, leftovers = tmp_path / "local", tmp_path / "leftovers.json"
    env = {"ANSIBLE_LOCAL_TEMP": str(local), "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests/playbooks/callbacks")}
    env |= {"ANSIBLE_CALLBACKS_ENABLED": "saas.privatelink.preload,leftovers"}
    env |= {"LEFTOVERS": str(leftovers), "WANTED": ROLE_SECRET.pattern}
    process = subprocess.Popen(company.start("status"), cwd=ROOT, env=company.environment | env)
    eventually(lambda: list(local.glob("*/aws-*.json")), bool, 120)
    (folder,) = local.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.glob("aws-*")} == {0o600}
    assert process.wait() == 0
    assert list(local.iterdir()) == []
    found = json.loads(leftovers.read_text(encoding="utf-8"))
    assert (found["alive"], found["texts"]) == ([], [])
    assert found["looked at"] > 50_000


def test_the_example_of_the_lookup_acts_as_the_role(company: Company) -> None:
    source = (ROOT / "plugins/lookup/role_keys.py").read_text(encoding="utf-8")
    example = company.folder / "example.yml"
    example.write_text(source.partition('EXAMPLES = r"""')[2].partition('"""')[0], encoding="utf-8")
    company.hosts = {"us": company.hosts["us"] | {"ansible_python_interpreter": sys.executable}}
    argv = ["ansible-playbook", str(example), *company.start("site")[2:], "-vvvv"]
    done = run(company.sandbox, argv, company.environment)
    (told,) = [task["hosts"]["us"] for task in done.tasks]
    assert told["account"] == company.accounts["us"]
    assert not ROLE_SECRET.search(done.output + done.errors)
    company.sandbox.fault("sts", "AssumeRole", "deny", account=CONTROLLER)
    refused = run(company.sandbox, argv, company.environment)
    company.sandbox.clear_faults()
    role = company.hosts["us"]["aws_role_arn"]
    assert refused.status
    assert f"sts:AssumeRole ({role}): AccessDenied: " in refused.failures["us"]


def with_forwarder(company: Company) -> None:
    """Leave ``us`` alone, with a link that needs a forwarder."""
    link = company.link("orders", route="port_forwarder", forwarder="zone", security_group_ids=["sg-75730001"])
    company.hosts = {"us": company.hosts["us"] | {"fivetran_links": [link]}}
    company.hosts["us"]["fivetran_forwarders"] = [
        {"name": "zone", "subnet_ids": link["subnet_ids"], "image_id": "ami-1", "instances": 1}
    ]


def test_hosts_that_do_not_serve_fail_their_links_and_are_rolled_back(company: Company) -> None:
    with_forwarder(company)
    us, account = company.hosts["us"], company.accounts["us"]
    us["fivetran_forwarders"][0] |= {"instances": 2, "health_timeout": 1}
    scaling = company.sandbox.boto(account, "autoscaling")
    assert company.play("site").status == 0
    company.sandbox.failing_hosts(account, "10.0.0.53")
    us["fivetran_forwarders"][0]["nameservers"] = ["10.0.0.53"]
    failed = company.play("site")
    ((dummy, line),) = failed.lines
    assert failed.status
    assert re.match(r"fivetran orders: failed: forwarder zone: The hosts .* i-[0-9a-f]+ is unhealthy in ", line)
    assert "AWS has brought back hosts as they were before. It is your turn" in line
    (group,) = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    assert {host["LaunchTemplate"]["Version"] for host in group["Instances"]} == {"1"}
    del us["fivetran_forwarders"][0]["nameservers"]
    mended = company.play("site")
    assert (mended.status, stand(mended)) == (0, {"us fivetran orders": WAITING})


def test_what_others_call_like_a_forwarder_is_seen_before_anything_is_built(company: Company) -> None:
    """Nothing is built on its word, and what is taken away leaves it, without a failure at each run."""
    with_forwarder(company)
    ec2 = company.sandbox.boto(company.accounts["us"], "ec2")
    theirs = {"GroupName": "fivetran-zone", "Description": "theirs", "VpcId": "vpc-75730001"}
    group = ec2.create_security_group(**theirs)["GroupId"]
    refused = company.play("site")
    ((dummy, line),) = refused.lines
    assert (refused.writes, bool(refused.status)) == ([], True)
    assert f"The name fivetran-zone is taken by security group {group}, not made here" in line
    taken = company.play("teardown", all_links="true")
    ((dummy, line),) = taken.lines
    assert (taken.status, taken.writes) == (0, [])
    assert line == f"fivetran orders: absent: left, for others have made it: security group {group}"
    ec2.delete_security_group(GroupId=group)
    built = company.play("site")
    assert (built.status, stand(built)) == (0, {"us fivetran orders": WAITING})


def with_function(company: Company) -> None:
    """Leave ``us`` alone, with a link whose name a Lambda function follows."""
    company.hosts = {"us": company.hosts["us"] | {"fivetran_links": [company.link("orders")]}}
    company.hosts["us"]["fivetran_ip_sync"] = "lambda"


def test_a_function_that_fails_stops_its_links_alone(company: Company) -> None:
    with_function(company)
    company.hosts["us"]["redis_cloud_links"] = [{"name": "sessions", "state": "absent", "subscription_id": 1}]
    company.sandbox.fault("lambda", "GetFunction", "deny", account=company.accounts["us"])
    refused = company.play("site")
    assert (refused.status, refused.writes) == (2, [])
    function = "fivetran orders: failed: the function that follows the databases: lambda:GetFunction"
    assert [line[: len(function)] for dummy, line in refused.lines if line.startswith("fivetran")] == [function]
    assert stand(refused)["us redis-cloud sessions"] == "absent"  # the host goes on


@pytest.mark.parametrize("said", ["ip_sync_lambda_purge_syncs=yes", "ip_sync_lambda_state=absent"])
def test_no_extra_variable_takes_links_of_others_from_the_function(company: Company, said: str) -> None:
    with_function(company)
    refused = company.play("site", "--check", "-e", said)
    assert (refused.status, refused.writes) == (2, [])
    assert "leave out ip_sync_lambda_state and ip_sync_lambda_purge_syncs" in str(refused.failures)


def test_a_link_to_redis_cloud_comes_and_goes(company: Company, kill: Callable[[subprocess.Popen[str]], None]) -> None:
    """With wrong keys it fails alone, before anything is touched; no output holds a key. A killed run is continued."""
    company.hosts = {"us": company.hosts["us"] | {"fivetran_links": [company.link("orders")]}}
    company.hosts["us"] |= {"redis_cloud_links": [company.redis()], "redis_cloud_account_key": company.accounts["us"]}
    keys = {"redis_cloud_api_url": company.sandbox.redis_cloud_url, "redis_cloud_wait_timeout": 60}
    wrong = company.play("site", **keys, redis_cloud_secret_key=REDIS_SECRET[:-1])
    assert wrong.status
    assert stand(wrong) == {"us fivetran orders": WAITING, "us redis-cloud sessions": "failed"}
    assert "REDISCLOUD_SECRET_KEY" in dict(wrong.lines)["us"]
    assert company.written(wrong) == {"us": BUILT}
    keys["redis_cloud_secret_key"] = REDIS_SECRET
    interrupt(company, kill, "CreateVpcEndpoint", "--tags", "redis_cloud", **keys)
    made = company.play("site", "--tags", "redis_cloud", "-vvv", **keys, link="sessions")
    assert (made.status, stand(made)) == (0, {"us redis-cloud sessions": "connected"}), made.output
    us = company.hosts["us"]
    company.hosts = {"green": us | elsewhere(company)}
    refused = company.play("teardown", **keys, all_links=True)
    assert (refused.status, refused.writes) == (2, [])
    links = ("fivetran orders", "redis-cloud sessions", "redis-cloud joined")
    assert stand(refused) == {f"green {link}": "failed" for link in links}
    lattice = company.sandbox.boto(company.accounts["us"], "vpc-lattice")
    network = company.hosts["green"]["redis_cloud_links"][1]["service_network"]
    (by_hand,) = lattice.list_service_network_resource_associations(serviceNetworkIdentifier=network)["items"]
    lattice.delete_service_network_resource_association(serviceNetworkResourceAssociationIdentifier=by_hand["id"])
    company.hosts = {"us": us}
    gone = company.play("teardown", **keys, link="sessions")
    assert (gone.status, stand(gone)) == (0, {"us redis-cloud sessions": "absent"})
    assert set(company.holds("us")) == {"load_balancers", "services"}


def elsewhere(company: Company) -> dict[str, list[Link]]:
    """Links of another environment in the account of ``us``, none of which is what stands there under their names.

    The load balancer and its service are as an earlier version has made them, so that only their VPC tells whose they
    are. A service network has been associated by hand.
    """
    account, us = company.accounts["us"], company.hosts["us"]
    elb, ec2, lattice = (company.sandbox.boto(account, service) for service in ("elbv2", "ec2", "vpc-lattice"))
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    elb.remove_tags(ResourceArns=[balancer["LoadBalancerArn"]], TagKeys=[ENVIRONMENT_TAG])
    (service,) = ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    ec2.delete_tags(Resources=[service["ServiceId"]], Tags=[{"Key": ENVIRONMENT_TAG}])
    (endpoint,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    network = lattice.create_service_network(name="theirs")["id"]
    pair = {
        "serviceNetworkIdentifier": network,
        "resourceConfigurationIdentifier": endpoint["ResourceConfigurationArn"],
    }
    lattice.create_service_network_resource_association(**pair)
    found = {}
    for vendor in ("fivetran", "redis_cloud"):
        found[f"{vendor}_links"] = [{**link, "vpc_id": "vpc-67670001"} for link in us[f"{vendor}_links"]]
    (sessions,) = us["redis_cloud_links"]
    plain = {name: sessions[name] for name in ("subscription_id", "share_name")}
    joined = {"name": "joined", "connection": "service_network", "service_network": network, **plain}
    return {**found, "redis_cloud_links": [*found["redis_cloud_links"], joined]}
