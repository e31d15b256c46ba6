# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role writes: as in `golden` on a host, and the very same in the user data of a group.

After a change that is meant, write them anew: `REWRITE=1 pytest tests/unit/port_forwarder`.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.datapath.forwarder.rendering import play
from tests.sandbox.client import RunningSandbox

GOLDEN = Path(__file__).parent / "golden"
FILES = {
    "/etc/haproxy/privatelink.lua": "follow.lua",
    "/etc/systemd/system/haproxy.service.d/privatelink.conf": "unit.conf",
    "/etc/haproxy/privatelink.cfg": "haproxy.cfg",
}
DATABASES = [
    {"name": "orders", "endpoint": "orders.example", "port": 5432, "engine": "postgresql", "endpoint_kind": "writer"},
    {
        "name": "billing",
        "endpoint": "billing.example",
        "port": 3306,
        "listen": 13306,
        "engine": "mysql",
        "check_user": "haproxy",
    },
    {"name": "reports", "endpoint": "ro.example", "port": 5433, "endpoint_kind": "reader", "check_user": "ignored"},
]
SERVERS = ["10.0.0.2", "10.0.0.3:5353"]


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory, sandbox: RunningSandbox
) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
    """The files on a host by their place, the cloud-init document, and the rest of the launch template."""
    account, region = f"8{os.getpid():011}", "us-east-1"
    ec2 = sandbox.boto(account, "ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="nlb", Description="nlb")["GroupId"]
    folder = tmp_path_factory.mktemp("host")
    common = {"port_forwarder_databases": DATABASES, "port_forwarder_nameservers": SERVERS}
    fleet = {
        "port_forwarder_mode": "auto_scaling_group",
        "port_forwarder_name": "forwarder",
        "port_forwarder_vpc_id": vpc,
        "port_forwarder_subnet_ids": [subnet],
        "port_forwarder_source_security_group_ids": [group],
        "port_forwarder_image_id": "ami-0123456789abcdef0",
    }
    runs: list[dict[str, Any]] = [{**common, "port_forwarder_root": str(folder)}, {**common, **fleet}]
    play(runs, sandbox.environment(account, region))
    host = {place: (folder / place[1:]).read_text().replace(str(folder), "") for place in FILES}
    versions = ec2.describe_launch_template_versions(LaunchTemplateName="forwarder")["LaunchTemplateVersions"]
    template = versions[0]["LaunchTemplateData"]
    user_data = base64.b64decode(template.pop("UserData")).decode()
    assert user_data.startswith("#cloud-config\n")
    return host, yaml.safe_load(user_data), template


Written = tuple[dict[str, str], dict[str, Any], dict[str, Any]]


@pytest.mark.parametrize("place", FILES)
def test_files_on_a_host(written: Written, place: str) -> None:
    golden = GOLDEN / FILES[place]
    if os.environ.get("REWRITE"):
        golden.write_text(written[0][place])
    assert written[0][place] == golden.read_text()


def test_user_data_holds_the_same_files(written: Written) -> None:
    host, cloud = written[:2]
    assert {file["path"]: file["content"] for file in cloud["write_files"]} == host
    assert cloud["packages"] == ["haproxy"]
    assert cloud["runcmd"][0] == ["/usr/sbin/haproxy", "-c", "-f", "/etc/haproxy/privatelink.cfg"]
    assert cloud["runcmd"][-1] == ["systemctl", "restart", "haproxy"]


def test_hosts_of_a_group_are_closed(written: Written) -> None:
    template = written[2]
    assert template["MetadataOptions"]["HttpTokens"] == "required"
    assert [interface["AssociatePublicIpAddress"] for interface in template["NetworkInterfaces"]] == [False]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"port_forwarder_databases": [{**DATABASES[1], "check_user": "health check"}]}, "check_user of database"),
        ({"port_forwarder_idle_timeout": "24h\n    option httpchk"}, "idle_timeout is "),
    ],
)
def test_what_would_be_more_than_a_value_is_refused_before_any_call(
    sandbox: RunningSandbox, said: dict[str, Any], why: str
) -> None:
    fleet = {"port_forwarder_mode": "auto_scaling_group", "port_forwarder_name": "forwarder"}
    before = sandbox.last_call()
    with pytest.raises(RuntimeError, match=why):
        play([{"port_forwarder_databases": DATABASES, **fleet, **said}], sandbox.environment(f"9{os.getpid():011}"))
    assert sandbox.calls(f"9{os.getpid():011}", since=before) == []


def test_what_haproxy_does_not_take_is_refused_before_any_call(tmp_path: Path, sandbox: RunningSandbox) -> None:
    """With a HAProxy that finds a fault in everything: what it says is told, and no launch template is made."""
    account, stub = f"7{os.getpid():011}", tmp_path / "haproxy"
    about = "HAProxy version 2.6.12\\nBuilt with Lua version : Lua 5.3.6\\n"
    complaint = "[ALERT] (1) : config : parsing [haproxy.cfg:7] : no such thing"
    stub.write_text(f"#!/bin/sh\n[ $1 = -vv ] && exec printf '{about}'\necho '{complaint}' >&2\nexit 1\n")
    stub.chmod(0o755)
    environment = {**sandbox.environment(account), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    fleet = {"port_forwarder_mode": "auto_scaling_group", "port_forwarder_name": "forwarder"}
    with pytest.raises(RuntimeError, match=r"HAProxy does not take this configuration: .* no such thing"):
        play([{"port_forwarder_databases": DATABASES, **fleet}], environment)
    assert sandbox.calls(account) == []
