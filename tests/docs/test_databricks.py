# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook in Databricks' guide, run: a workspace becomes private, and the second run writes nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Vpc
from tests.sandbox.client import ROOT, RunningSandbox
from tests.tools.playbook import environment

GUIDE = (ROOT / "docs" / "databricks.md").read_text(encoding="utf-8")
PLAY = re.findall(r"^```yaml\n(# private_workspace.yml\n.*?)^```$", GUIDE, re.M | re.S)[0]
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
    play = tmp_path / "private_workspace.yml"
    play.write_text(PLAY, encoding="utf-8")
    keys = {"DATABRICKS_HOST": sandbox.url, "DATABRICKS_ACCOUNT_ID": ID, "DATABRICKS_CONFIG_FILE": "/dev/null"}
    keys |= {"DATABRICKS_CLIENT_ID": "client", "DATABRICKS_CLIENT_SECRET": "secret"}
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(play), "-e", json.dumps(told)]
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
    attached = sandbox.databricks_objects(ID)["workspaces"][0]
    assert attached["network_id"] != seeded["network_id"]
    assert attached["private_access_settings_id"]
    assert (len(writes[0]), writes[1]) == (9, [])
