# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole inventories in the sandbox that have come to rest: built, connected to by the vendors, accepted."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import yaml

from tests.demo.__main__ import SEED, act_as_vendors
from tests.demo.__main__ import site as demo_site
from tests.sandbox.client import ROOT, SandboxClient
from tests.sandbox.redis_cloud.aws import ACCOUNT as REDIS_CLOUD
from tests.tools.playbook import environment, nameserver

from .estate import Estate, address
from .measure import PLAYBOOK, Program, Workshop

PLAIN = Path(__file__).with_name("plain.py")
NORMAL = {"SAAS_PRIVATELINK_IN_FORK": "0"}
FORKED = {"SAAS_PRIVATELINK_IN_FORK": "1"}
EARLIER = "6f7db1a"  # the last commit whose modules all started a Python of their own
PARTS = ("galaxy.yml", "meta", "plugins", "roles", "playbooks")
Call = dict[str, Any]


def example(sandbox: SandboxClient, make: Workshop) -> dict[str, Program]:
    """The site playbook on the example inventory: modules the ``normal`` way, and ours in a fork (``forked``)."""
    with SEED.open(encoding="utf-8") as file:
        sandbox.seed(yaml.safe_load(file))
    argv, env = demo_site(sandbox, make.path(".sheets"))
    argv[0] = str(PLAYBOOK)
    forked = make.program(argv, env | FORKED)
    forked.run()
    act_as_vendors(sandbox)
    forked.run()  # accepts
    forked.run()  # and writes the sheets that say so
    programs = {"normal": make.program(argv, env | NORMAL), "forked": forked}
    collections = earlier(make)
    if collections:
        # With sheets of its own, which it writes in another way.
        argv = demo_site(sandbox, make.path(".sheets"))[0]
        argv[0] = str(PLAYBOOK)
        programs["earlier"] = make.program(argv, env | {"ANSIBLE_COLLECTIONS_PATH": str(collections)})
        programs["earlier"].run()
    return programs


def earlier(make: Workshop) -> Path | None:
    """A folder of collections with this one as it was at EARLIER; None where git does not have that commit."""
    folder = make.path(".earlier")
    place = folder / "ansible_collections" / "saas" / "privatelink"
    archive = make.path(".tar")
    command = ["git", "archive", "--output", str(archive), EARLIER, *PARTS]
    if subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode:
        return None
    place.mkdir(parents=True)
    with tarfile.open(archive) as parts:
        parts.extractall(place, filter="data")
    return folder


def fleet(sandbox: SandboxClient, make: Workshop, estates: list[Estate], links: int, forks: int) -> Program:
    """One host for each account, with so many links of Fivetran; nothing is left to do.

    The site playbook's tasks for Fivetran, without the pacing of calls: what is measured is our cost, not AWS's rates.
    """
    group = "group/saas.privatelink."
    where = {f"{group}aws": {"region": "us-east-1"}}
    credentials = {f"{group}privatelink": {"assume_role_arn": "{{ aws_role_arn }}", "api_rate": 0}}
    variables = {
        "ansible_python_interpreter": sys.executable,
        "fivetran_nameservers": [nameserver(sandbox)],
        "fivetran_handoff_directory": str(make.path(".sheets")),
    }
    role = {"ansible.builtin.include_role": {"name": "saas.privatelink.fivetran"}}
    play = {"hosts": "all", "gather_facts": False, "connection": "local", "vars": variables, "tasks": [role]}
    book = make.document([{**play, "module_defaults": {**where, **credentials}}])
    hosts = {f"account_{estate.account}": host(estate, links) for estate in estates}
    inventory = make.document({"all": {"hosts": hosts}})
    argv = [str(PLAYBOOK), str(book), "-i", str(inventory), "--forks", str(forks)]
    program = make.program(argv, environment(sandbox))
    program.run()
    for estate in estates:
        services = estate.ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
        for service in services:
            sandbox.connect(service["ServiceName"])
    program.run()  # accepts
    program.run()  # and writes the sheets that say so
    return program


def host(estate: Estate, links: int) -> dict[str, Any]:
    """The variables of an account with so many databases."""
    names = {f"link-{number}": address(number) for number in range(links)}
    endpoints = {name: f"{name}.account-{estate.account}.rds.example" for name in names}
    estate.sandbox.dns({endpoints[name]: {"addresses": [ip]} for name, ip in names.items()})
    where = {"vpc_id": estate.vpc, "subnet_ids": [estate.subnet]}
    database = {"destination": "aurora_postgresql", **where}
    return {
        "aws_role_arn": f"arn:aws:iam::{estate.account}:role/privatelink",
        "fivetran_links": [{"name": name, "endpoint": endpoint, **database} for name, endpoint in endpoints.items()],
    }


def calls_of(sandbox: SandboxClient, program: Program) -> list[Call]:
    """The calls to AWS of one run, without those to Redis Cloud and its own ones."""
    sandbox.clear_calls()
    program.run()
    return [call for call in sandbox.calls() if call["service"] != "redis_cloud" and call["account"] != REDIS_CLOUD]


def plain(sandbox: SandboxClient, make: Workshop, calls: list[Call]) -> tuple[Program, int]:
    """A plain script that makes each different one of these calls once, and how many those are."""
    different: dict[str, Call] = {}
    for call in calls:
        different.setdefault(question(call), call)
    names = ("account", "region", "service", "operation", "params")
    path = make.document([{name: call[name] for name in names} for call in different.values()])
    return make.program([sys.executable, str(PLAIN), str(path)], environment(sandbox)), len(different)


def question(call: Call) -> str:
    """The same for calls that ask for the same. A role is one, whatever its sessions are called."""
    params = call["params"].get("RoleArn") if call["operation"] == "AssumeRole" else call["params"]
    return json.dumps([call["account"], call["region"], call["service"], call["operation"], params], sort_keys=True)
