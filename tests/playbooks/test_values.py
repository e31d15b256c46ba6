# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as people, surveys and INI inventories write them: each means what its option's type says, or is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.tools import playbook
from tests.tools.place import ROOT
from tests.tools.playbook import Run, nameserver

from .conftest import Company, Link

WAREHOUSE = {"name": "warehouse", "destination": "redshift", "cluster_identifier": "analytics"}
EDGE = {"segment_edge_account_id": "333333333333", "segment_edge_vpc_id": "vpc-0ed9e000000000001"}
REFUSED = "fivetran: failed: Links are a list, not a dictionary of orders."
OMITTED = "{{ nothing | default(omit) }}"


def test_a_vendor_whose_links_are_refused_stops_no_other(company: Company) -> None:
    link = company.link("billing", "eu")
    company.hosts["us"] |= {"segment_links": [WAREHOUSE], **EDGE, "fivetran_links": {"orders": company.link("orders")}}
    company.hosts["us"]["redis_cloud_links"] = None
    company.hosts["eu"] |= {"segment_links": None, "fivetran_links": [{**link, "port": "5432 "}]}
    plan = company.play("site", "--check")
    assert sorted(plan.lines) == [
        ("eu", "fivetran billing: planned: 7 calls to make"),
        ("us", REFUSED),
        ("us", "segment warehouse: planned: 1 call to make"),
    ]
    assert plan.failures == {"us": REFUSED}
    assert plan.kept["us"]["fivetran"]["line"] == REFUSED
    assert set(plan.kept["us"]) == {"fivetran", "segment/warehouse"}
    assert plan.writes == []


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ({"fivetran_only": "orders"}, ["fivetran orders: planned: 7 calls to make"]),
        ({"fivetran_only": "typo"}, ["fivetran: failed: No link is called typo. There are: crm, orders."]),
        ({"fivetran_wait": "perhaps"}, ["fivetran: failed: fivetran_wait is true or false, not 'perhaps'."]),
        ({"fivetran_state": "gone"}, ["fivetran: failed: value of fivetran_state must be one of: present, absent"]),
    ],
    ids=str,
)
def test_an_extra_variable_is_text(company: Company, said: dict[str, str], lines: list[str]) -> None:
    """As ``-e name=value``, which wins over all that a role says of it."""
    company.hosts = {"us": company.hosts["us"] | {"fivetran_links": [company.link("orders"), company.link("crm")]}}
    options = [part for name, value in said.items() for part in ("-e", f"{name}={value}")]
    plan = company.play("site", "--check", *options)
    assert [line[: len(wanted)] for (dummy, line), wanted in zip(plan.lines, lines, strict=True)] == lines
    assert plan.writes == []


def test_a_name_of_digits_is_a_name(company: Company) -> None:
    """Beside names of letters, through to the sheet."""
    listed: list[Link] = [{**company.link("crm"), "name": 2024}, company.link("orders", max_connections=OMITTED)]
    company.hosts = {"us": company.hosts["us"] | {"fivetran_links": listed}}
    built = company.play("site")
    assert (built.status, [line.split(": ")[0] for dummy, line in built.lines]) == (
        0,
        ["fivetran 2024", "fivetran orders"],
    )
    sheets = company.folder / "hand-off" / "us"
    assert sorted(path.name for path in sheets.iterdir()) == ["fivetran-2024.md", "fivetran-orders.md"]
    assert company.play("site", "-e", "link=2024").writes == []
    gone = company.play("teardown", "-e", "link=2024")
    assert [line for dummy, line in gone.lines] == ["fivetran 2024: absent"]
    assert [path.name for path in sheets.iterdir()] == ["fivetran-orders.md"]
    assert set(company.holds("us")["services"]) == {"fivetran-orders"}


def test_what_is_omitted_within_a_link_is_not_set(company: Company) -> None:
    link = {**company.redis(), "principals": OMITTED, "databases": [OMITTED], "tags": {"team": OMITTED}}
    company.hosts = {"us": company.hosts["us"] | {"redis_cloud_links": [link]}}
    plan = company.play("site", "--check")
    assert [line for dummy, line in plan.lines] == [
        "redis-cloud sessions: waiting on vendor: in the Redis Cloud console, under Connectivity > PrivateLink, share "
        f"with the AWS account {company.accounts['us']}; then set resource_share_arn and run again"
    ]
    assert plan.failures == {}


ROLES = """
- name: Each host runs one role
  hosts: all
  gather_facts: false
  connection: local
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  module_defaults:
    group/saas.privatelink.aws: &account
      region: us-east-1
    group/saas.privatelink.privatelink:
      assume_role_arn: "{{ aws_role_arn }}"
  tasks:
    - ansible.builtin.include_role:
        name: saas.privatelink.{{ role }}
        rolespec_validate: false  # Ansible's own refuses what is null, and converts nothing
    - name: Say where each link stands
      ansible.builtin.debug:
        msg: "{{ vars[role ~ '_report'] | map(attribute='line', default='') }}"
"""
COMMON: dict[str, Any] = {"state": "present", "prerequisites": [], "wait": False, "wait_timeout": 60}
SHARED = {**COMMON, "steps": [], "wait_for_share": False, "check_from": ""}
VENDOR = {
    **{name: COMMON[name] for name in ("state", "wait", "wait_timeout")},
    **{"only": [], "handoff_directory": "hand-off", "on_link_failure": "report"},
}
SERVED = {"forwarders": [], "ip_sync": "run", "check_attributes": False, "on_connections": "reject", "force": True}
TYPED: dict[str, dict[str, Any]] = {
    "nlb_service": {
        **COMMON,
        "forwarders": [],
        "ip_sync": "run",
        "check_attributes": False,
        "on_connections": "reject",
    },
    "redshift_grant": {**COMMON, "force": True},
    "msk_grant": {**COMMON, "on_connections": "reject"},
    "interface_endpoint": {**COMMON, "steps": []},
    "resource_endpoint": SHARED,
    "service_network": SHARED,
    "fivetran": {
        **VENDOR,
        **SERVED,
        "account_id": "",
        "redshift_account_id": "333333333333",
        "redshift_vpc_ids": ["vpc-1"],
        "api_url": "",
        "api_trial": False,
    },
    "segment": {**VENDOR, **SERVED, "principal_arn": "", "edge_account_id": "333333333333", "edge_vpc_id": "vpc-1"},
    "redis_cloud": {**VENDOR, "account_id": "333333333333", "api_url": "", "check_from": "", "on_connections": "fail"},
    "port_forwarder": {
        **{"mode": "auto_scaling_group", "state": "present", "name": "forwarder", "wait": False, "wait_timeout": 60},
        **{"databases": [{"name": "orders", "endpoint": "db.test", "port": 5432, "listen": 15432}]},
        **{"dns_hold": "2h", "idle_timeout": "12h", "health_port": 802, "max_connections": 500, "root": ""},
        **{"vpc_id": "vpc-75730001", "subnet_ids": ["subnet-7573000a"], "source_security_group_ids": ["sg-75730001"]},
        **{"security_group_ids": [], "target_group_arns": [], "purge_target_groups": True, "image_id": "ami-1"},
        **{"instance_type": "t4g.nano", "instances": 3, "instance_warmup": 30, "health_timeout": 300},
        **{"iam_instance_profile": "", "tags": {"team": "data"}},
    },
    "ip_sync_lambda": {
        **{"syncs": [{"name": "orders", "target_group": "orders", "endpoint": "db.test", "port": 5432, "gap": 1.5}]},
        **{"remove_syncs": ["crm"], "purge_syncs": True, "state": "present", "name": "follow", "budget": 100},
        **{"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"], "runtime": "python3.12", "memory_size": 512},
        **{"reserved_concurrency": 2, "permissions_boundary": "", "log_retention_days": 7, "stale_after": 900},
        **{"alarm_actions": [], "tags": {"team": "data"}, "on_sync_failure": "report"},
    },
}
"""Of each role that works through AWS its options, all but the links, name servers and secrets."""
APART = {"links", "nameservers", "account_key", "secret_key", "api_key", "api_secret"}


def options_of(role: str) -> Any:
    text = (ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["argument_specs"]["main"]["options"]


def written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def links(company: Company, role: str, name: str) -> list[Link]:
    network = {"vpc_id": "vpc-75730001", "subnet_ids": ["subnet-7573000a"]}
    clients = {"source_security_group_ids": ["sg-75730001"], "ports": ["443"]}
    shared = {"resource_configuration": "rcfg-0123456789abcdef0", "security_group_ids": ["sg-75730001"], **network}
    kinds: dict[str, Link] = {
        "nlb_service": {"endpoint": f"orders.{company.accounts['us']}.test", "port": 5432, **network},
        "redshift_grant": {"cluster_identifier": "analytics", "account_id": "333333333333", "vpc_ids": ["vpc-1"]},
        "msk_grant": {
            "cluster_arn": f"arn:aws:kafka:us-east-1:{company.accounts['us']}:cluster/orders/8f5c2a1e-1",
            "account_id": "834469178297",
        },
        "interface_endpoint": {"service_name": "com.amazonaws.us-east-1.sts", **network, **clients},
        "resource_endpoint": shared,
        "service_network": {"service_network": "sn-0123456789abcdef0", **shared},
        "redis_cloud": {"subscription_id": 300003, **shared},
        "segment": WAREHOUSE,
        "fivetran": company.link("orders"),
    }
    return [{**kinds[role], "name": name}]


def stood(run: Run, host: str) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """What became of a host: its lines, and the tasks that it ran with the calls that each has planned."""
    done = [(task["task"]["name"], task["hosts"][host]) for task in run.tasks if host in task["hosts"]]
    tasks = []
    for name, result in done:
        if not result.get("skipped"):
            tasks.append((name, [call for item in result.get("results") or () for call in item.get("writes") or ()]))
    return [line.replace(host, "HOST") for told, line in run.lines if told == host], tasks


def test_every_role_takes_every_option_as_text_or_nothing(company: Company) -> None:
    """In one run, a host for each role and way to say its options."""
    resolver = [nameserver(company.sandbox)]
    ways: dict[str, dict[str, dict[str, Any]]] = {}
    for role, typed in TYPED.items():
        assert {f"{role}_{name}" for name in [*typed, *APART]} | {"aws_region"} >= set(options_of(role)), role
        ways[role] = {
            "typed": typed,
            "text": {name: written(value) for name, value in typed.items()},
            "default": {},
            "nothing": {name: (None, OMITTED)[number % 2] for number, name in enumerate(typed)},
        }
    for way in ("default", "nothing"):
        del ways["port_forwarder"][way]  # by default it forwards from the host that it runs on
    hosts: dict[str, Any] = {}
    for role, said in ways.items():
        for way, options in said.items():
            named = {f"{role}_{name}": value for name, value in options.items()}
            host = f"{role}_{way}".replace("_", "-")
            resolved = {f"{role}_nameservers": written(resolver) if way == "text" else resolver}
            listed = {f"{role}_links": links(company, role, host)} if f"{role}_links" in options_of(role) else {}
            hosts[host] = {"role": role, **company.hosts["us"], **listed, **named, **resolved}
    company.hosts = hosts
    company.start("site")
    (company.folder / "roles.yml").write_text(yaml.safe_dump(yaml.safe_load(ROLES)), encoding="utf-8")
    argv = [
        "ansible-playbook",
        str(company.folder / "roles.yml"),
        "-i",
        str(company.folder / "inventory.yml"),
        "--check",
    ]
    run = playbook.run(company.sandbox, argv, company.environment)
    assert run.writes == []
    assert run.failures == {}
    for role, told in ways.items():
        stand = [stood(run, f"{role}_{way}".replace("_", "-")) for way in told]
        assert stand[0] == stand[1]
        assert any(writes for dummy, writes in stand[0][1]) or stand[0][0], role
        assert stand[2:] == [*stand[2:3]] * len(stand[2:])
