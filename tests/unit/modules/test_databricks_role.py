# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role databricks, module by module against the sandbox: in order, killed and continued, and all the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from ansible_collections.saas.privatelink.plugins.module_utils._core import items as _items
from ansible_collections.saas.privatelink.plugins.module_utils._core import plan as _plan
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import resolve

from tests.tools.place import ROOT
from tests.unit.modules.conftest import Estate, play
from tests.unit.modules.databricks import REGION, SECRET, Account, uid
from tests.unit.modules.role import Role

DATA: dict[str, Any] = yaml.safe_load((ROOT / "roles/databricks/vars/main.yml").read_text(encoding="utf-8"))
VENDOR = {**DATA["__databricks_vendor"], "facts": {"databricks": {"region": REGION}}}
OPTIONS = {"wait": True, "wait_timeout": 60, "govcloud_shard": ""}


class Killed(BaseException):
    """The run ends here, as when its process is killed."""


class Company:
    """An estate in AWS with an account of Databricks: a workspace, and the VPC of its clusters."""

    def __init__(self, estate: Estate, databricks: Account, monkeypatch: pytest.MonkeyPatch) -> None:
        self.estate, self.databricks = estate, databricks
        self.vpc, self.transit = vpc, dummy = estate.make_vpc(estate.account), estate.make_vpc(estate.account)
        for made in (self.vpc, self.transit):
            estate.ec2.modify_vpc_attribute(VpcId=made.id, EnableDnsHostnames={"Value": True})
        among = {"FromPort": 0, "ToPort": 65535, "UserIdGroupPairs": [{"GroupId": vpc.security_group}]}
        rules = [{"IpProtocol": protocol, **among} for protocol in ("tcp", "udp")]
        estate.ec2.authorize_security_group_ingress(GroupId=vpc.security_group, IpPermissions=rules)
        old = {"network_id": uid(1), "network_name": "old", "vpc_id": vpc.id, "subnet_ids": list(vpc.subnets)}
        workspace = {"workspace_id": 1, "workspace_name": "lake", "aws_region": REGION, "network_id": uid(1)}
        other = {"private_access_settings_id": uid(2), "private_access_settings_name": "open", "region": REGION}
        databricks.seed(
            private_access_settings=[other],
            networks=[{**old, "security_group_ids": [vpc.security_group]}],
            workspaces=[workspace],
        )
        self.writes: list[str] = []
        self.left = 1000  # writes before the run is killed

        def counted(kind: Any, items: Any, call: Any, options: Any) -> Any:
            def limited(change: Any) -> Any:
                if not self.left:
                    raise Killed
                self.left -= 1
                self.writes.append(change.action)
                return call(change)

            return _plan.converge(kind, items, limited, options)

        monkeypatch.setattr(_items, "converge", counted)

    @property
    def lake(self) -> dict[str, Any]:
        """An isolated workspace, as an inventory has it."""
        return {
            "name": "lake",
            "workspace_id": 1,
            "connectivity": ["isolated"],
            "transit_vpcs": [
                {
                    "vpc_id": self.transit.id,
                    "subnet_ids": list(self.transit.subnets),
                    "source_security_group_ids": [self.transit.security_group],
                }
            ],
            "compute_vpc": {
                "vpc_id": self.vpc.id,
                "subnet_ids": list(self.vpc.subnets),
                "security_group_ids": [self.vpc.security_group],
                "endpoint_subnet_ids": list(self.vpc.subnets)[:1],
            },
            "confirm_disruption": True,
            "secure_cluster_connectivity": True,
            "aws_endpoints": [],
        }

    def module(self, name: str, options: Mapping[str, Any], check: bool) -> dict[str, Any]:
        access = self.databricks.access if name.startswith("databricks") else self.estate.access
        return play(name, {**access, **options}, check=check)

    def run(self, *links: dict[str, Any], check: bool = False, **options: Any) -> dict[str, str]:
        """What became of each link, by its name; ``writes`` are those of this run."""
        self.writes = []
        resolved = resolve([*links], VENDOR, **options)
        role = Role("databricks", self.module, check)
        role.run(
            databricks_workspaces=list(links),
            __databricks_region=REGION,
            __databricks_taken={"options": OPTIONS},
            __databricks_resolved={"links": resolved},
            __databricks_listed=resolve([*links], VENDOR),
        )
        self.report = role.variables["databricks_report"]
        assert SECRET not in str(self.report)
        return {entry["name"]: entry["line"].partition(": ")[2] for entry in self.report}


@pytest.fixture
def company(estate: Estate, databricks: Account, monkeypatch: pytest.MonkeyPatch) -> Company:
    return Company(estate, databricks, monkeypatch)


ORDER = [
    *("ec2:CreateSecurityGroup", "ec2:AuthorizeSecurityGroupIngress") * 3,
    *["ec2:CreateVpcEndpoint"] * 3,
    *["databricks:CreateVpcEndpoint"] * 3,
    *["ec2:ModifyVpcEndpoint"] * 3,
    "databricks:CreateNetwork",
    "databricks:CreatePrivateAccess",
    "databricks:UpdateWorkspace",
    "databricks:ReplacePrivateAccess",
    "databricks:CreateNetworkPolicy",
    "databricks:UpdateWorkspaceNetwork",
]


BACK = [
    "databricks:UpdateWorkspace",
    "databricks:DeleteNetwork",
    "databricks:DeletePrivateAccess",
    *["databricks:DeleteVpcEndpoint"] * 3,
    *["ec2:DeleteVpcEndpoints"] * 3,
    *["ec2:DeleteSecurityGroup"] * 3,
    "databricks:UpdateWorkspaceNetwork",
    "databricks:DeleteNetworkPolicy",
]
GOING = {"state": "absent", "leave_network": "old", "leave_private_access": uid(2)}


def held(company: Company) -> dict[str, int]:
    """How much there is of each kind in AWS and at Databricks."""
    ec2, databricks = company.estate.ec2, company.databricks
    kinds = ("vpc_endpoints", "networks", "private_access_settings", "network_policies")
    live = [row for row in ec2.describe_vpc_endpoints()["VpcEndpoints"] if row["State"] != "deleted"]
    groups = [row for row in ec2.describe_security_groups()["SecurityGroups"] if "databricks" in row["GroupName"]]
    found = {kind: len(databricks.objects(kind)) for kind in kinds}
    return {**found, "endpoints": len(live), "groups": len(groups)}


def test_an_isolated_workspace_from_nothing_and_back(company: Company) -> None:
    before = held(company)
    company.run(company.lake, check=True)
    assert company.writes == []
    (planned,) = company.report
    assert sorted(planned["writes"]) == sorted(ORDER), planned["line"]
    said = company.run(company.lake)
    assert said["lake"].startswith("connected: outbound is not built yet")
    assert company.writes[6:] == ORDER[6:]
    assert sorted(company.writes) == sorted(ORDER)
    (settings,) = [row for row in company.databricks.objects("private_access_settings") if "lake" in str(row)]
    assert settings["public_access_enabled"] is False
    company.run(company.lake)
    assert company.writes == []
    kept = company.run({**company.lake, "state": "absent"})["lake"]
    assert kept.startswith("kept: network databricks-lake-1 kept, because Databricks lets a workspace exchange it")
    assert "private access settings databricks-lake-1 kept" in kept
    assert company.writes == []
    company.run({**company.lake, **GOING}, check=True)
    assert sorted(company.report[0]["writes"]) == sorted(BACK), company.report[0]["line"]
    assert company.run({**company.lake, **GOING})["lake"] == "absent"
    assert company.writes == BACK
    assert held(company) == before
    assert company.run({**company.lake, **GOING})["lake"] == "absent"
    assert company.writes == []


def test_a_run_that_is_killed_every_other_write_is_continued(company: Company) -> None:
    made: list[str] = []
    for link in (company.lake, {**company.lake, **GOING}):
        made.clear()
        while True:
            company.left = 2
            try:
                company.run(link)
            except Killed:
                made += company.writes
                continue
            made += company.writes
            break
        assert sorted(made) == sorted(BACK if "state" in link else ORDER)


def test_what_waits_for_consent_and_what_fails(company: Company) -> None:
    """Everything else is built first; Databricks' own words are told, and public access stays on."""
    early = company.run({**company.lake, "confirm_disruption": False})["lake"]
    assert early.startswith("waiting on you: moving the workspace: workspace lake (1) would be changed: network_id is ")
    assert "Consent with confirm_disruption=true" in early
    assert company.writes[6:] == ORDER[6:-4]
    assert company.report[0]["stage"] == "moving the workspace"
    company.databricks.sandbox.databricks_workspace_fails(company.databricks.id, 1, message="No addresses are left.")
    broken = company.run(company.lake)["lake"]
    assert broken.startswith("failed: moving the workspace: workspace lake (1) is FAILED: No addresses are left.")
    assert company.writes == ["databricks:UpdateWorkspace"]
    (settings,) = [row for row in company.databricks.objects("private_access_settings") if "lake" in str(row)]
    assert settings["public_access_enabled"] is True


def test_an_account_that_does_not_answer_is_told_in_the_line(company: Company) -> None:
    """In either direction nothing is made, moved or taken away, and no module is asked further."""
    refused = {"error_code": "PERMISSION_DENIED", "message": "Only account admins."}
    for link in (company.lake, {**company.lake, **GOING}):
        company.databricks.sandbox.databricks_fails("ListWorkspaces", 403, refused)
        said = company.run(link)["lake"]
        assert said.startswith("failed: looking at the account: databricks:ListWorkspaces: PERMISSION_DENIED")
        assert company.writes == []
