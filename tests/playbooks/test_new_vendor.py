# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vendor whose patterns exist is data: one that does not exist is added to a copy of the collection, and works."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import playbook
from tests.tools.place import ROOT
from tests.tools.playbook import Run

from .conftest import Company

WRITTEN = Path(__file__).parent / "acme"
LIST = "roles/vendor/vars/main.yml"
PLACES = {
    "vars.yml": "roles/acme/vars/main.yml",
    "inventory.yml": "extensions/molecule/acme/inventory.yml",
}
PARTS = ("plugins", "roles", "playbooks", "meta", "tests/tools", "extensions")
ACCOUNT, VPC = "320000000090", "vpc-0acce000000000001"


@pytest.fixture
def collections(tmp_path: Path) -> Path:
    """A folder of collections with a copy of this one, to which the vendor was added as CONTRIBUTING.md says."""
    copy = tmp_path / "ansible_collections" / "saas" / "privatelink"
    for part in PARTS:
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("galaxy.yml", "README.md"):
        shutil.copy(ROOT / name, copy)
    for name, place in PLACES.items():
        (copy / place).parent.mkdir(parents=True)
        shutil.copy(WRITTEN / name, copy / place)
    listed = (copy / LIST).read_text(encoding="utf-8")
    (copy / LIST).write_text(listed.replace("vendor_names: [", "vendor_names: [acme, "), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "tests.tools.generate"], cwd=copy, check=True, capture_output=True)
    return tmp_path


def test_what_is_written_by_hand_is_little() -> None:
    lines = [len((WRITTEN / name).read_text(encoding="utf-8").splitlines()) for name in PLACES]
    assert len(PLACES) + 1 <= 3
    assert sum(lines) + 1 <= 140, lines


def test_it_is_built_asked_accepted_and_taken_away(company: Company, collections: Path) -> None:
    network = {name: company.link("orders")[name] for name in ("endpoint", "vpc_id", "subnet_ids")}
    company.hosts = {"us": company.hosts["us"]}
    company.hosts["us"]["acme_links"] = [
        {"name": "orders", "destination": "postgres", **network},
        {"name": "warehouse", "destination": "redshift", "cluster_identifier": "analytics"},
    ]
    environment = company.environment | {"ANSIBLE_COLLECTIONS_PATH": str(collections)}

    def play(name: str, **variables: object) -> Run:
        nameservers = [playbook.nameserver(company.sandbox)]
        argv = company.start(name, acme_nameservers=nameservers, **variables)
        return playbook.run(company.sandbox, argv, environment)

    asked = play("site")
    assert asked.status == 0, asked.output + asked.errors
    assert asked.lines == [
        ("us", "acme orders: waiting on vendor: ask Acme's support for its AWS account, and set acme_account_id"),
        (
            "us",
            "acme warehouse: waiting on vendor: ask Acme's support for its AWS account and VPCs, and set"
            " acme_account_id and acme_vpc_ids; access that was granted before stays meanwhile",
        ),
    ]
    told = {"acme_account_id": ACCOUNT, "acme_vpc_ids": [VPC]}
    play("site", **told)
    service = company.holds("us")["services"]["acme-orders"]
    assert service["principals"] == [f"arn:aws:iam::{ACCOUNT}:root"]
    sheet = (company.folder / "hand-off" / "us" / "acme-warehouse.md").read_text(encoding="utf-8")
    assert "Cluster: analytics\n" in sheet
    assert play("site", **told).writes == []
    gone = play("teardown", all_links=True, **told)
    assert [line.split(": ")[1] for host, line in gone.lines] == ["absent", "absent"]
    assert company.holds("us") == {}
