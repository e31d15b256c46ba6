# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks in Databricks' guide, run: what they say comes about, and the second run writes nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import Vpc
from tests.sandbox.client import ROOT, RunningSandbox
from tests.tools.playbook import environment

GUIDE = (ROOT / "docs" / "databricks.md").read_text(encoding="utf-8")
PLAYS = {name: play for play, name in re.findall(r"^```yaml\n(# (\w+).yml\n.*?)^```$", GUIDE, re.M | re.S)}
ID = "01234567-89ab-4def-8123-456789abcdef"
WORKSPACE = {"workspace_id": 1, "workspace_name": "analytics", "aws_region": "us-east-1", "network_id": "seeded"}


def test_the_guides_playbook_makes_a_workspace_private_once(
    sandbox: RunningSandbox, account: str, make_vpc: Callable[..., Vpc], tmp_path: Path
) -> None:
    vpc = make_vpc(account, "us-east-1")
    ec2 = sandbox.boto(account, "ec2")
    ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": True})
    groups = [
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc.id)["GroupId"]
        for name in ("endpoints", "compute")
    ]
    seeded = {"network_id": "00000000-0000-4000-8000-000000000001", "network_name": "seeded", "vpc_id": vpc.id}
    workspace = {**WORKSPACE, "network_id": seeded["network_id"]}
    sandbox.databricks(ID, client_id="client", client_secret="secret", networks=[seeded], workspaces=[workspace])
    told = {
        "vpc_id": vpc.id,
        "endpoint_subnet_ids": list(vpc.subnets),
        "compute_subnet_ids": list(vpc.subnets),
        "endpoint_security_group_id": groups[0],
        "compute_security_group_id": groups[1],
    }
    first, second = run_twice(sandbox, account, tmp_path, PLAYS["private_workspace"], told)
    attached = sandbox.databricks_objects(ID)["workspaces"][0]
    assert attached["network_id"] != seeded["network_id"]
    assert attached["private_access_settings_id"]
    assert (len(first), second) == (9, [])


def test_the_guides_playbook_lets_serverless_compute_reach_a_database(
    sandbox: RunningSandbox, account: str, make_vpc: Callable[..., Vpc], tmp_path: Path
) -> None:
    """What the rule returns is what the acceptance takes: options within options, in real tasks."""
    elb = sandbox.boto(account, "elbv2")
    vpc = make_vpc(account, "us-east-1")
    elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=list(vpc.subnets))
    workspace = {**WORKSPACE, "workspace_id": 2, "network_id": None, "network_connectivity_config_id": None}
    databricks_id = ID.replace("0", "1")
    sandbox.databricks(databricks_id, client_id="client", client_secret="secret", workspaces=[workspace])
    first, second = run_twice(
        sandbox, account, tmp_path, PLAYS["serverless"], {"workspace_id": 2}, databricks_id=databricks_id
    )
    there = sandbox.databricks_objects(databricks_id)
    assert [rule["connection_state"] for rule in there["private_endpoint_rules"]] == ["ESTABLISHED"]
    assert there["workspaces"][0]["network_connectivity_config_id"]
    assert there["workspace_networks"] == [{"workspace_id": 2, "network_policy_id": "private"}]
    assert first[-1] == "UpdateWorkspaceNetwork"
    assert second == []


def run_twice(
    sandbox: RunningSandbox,
    account: str,
    folder: Path,
    play: str,
    told: dict[str, Any],
    databricks_id: str = ID,
) -> list[list[str]]:
    """Run a playbook twice; the answer is what each run has written."""
    path = folder / "play.yml"
    path.write_text(play, encoding="utf-8")
    keys = {"DATABRICKS_HOST": sandbox.url, "DATABRICKS_ACCOUNT_ID": databricks_id}
    keys |= {"DATABRICKS_CONFIG_FILE": "/dev/null"}
    keys |= {"DATABRICKS_CLIENT_ID": "client", "DATABRICKS_CLIENT_SECRET": "secret"}
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(path), "-e", json.dumps(told)]
    writes = []
    for dummy in range(2):
        since = sandbox.last_call()
        done = subprocess.run(
            command,
            env=environment(sandbox, account) | keys,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        writes.append([call["operation"] for call in sandbox.calls(since=since) if call["kind"] == "write"])
    return writes
