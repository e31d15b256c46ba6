# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A link in GovCloud and in China, from the vendor's data to the function: every ARN is one of the partition."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import template as templating
from ansible.parsing.dataloader import DataLoader
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.items import items
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.report import report
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import resolve, typed

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

ROLES = Path(__file__).parents[3] / "roles"
ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[^\"\s]*")
TRUSTED = getattr(templating, "trust_as_template", lambda text: text)
THEIRS = "333333333333"  # whom the vendor names for this partition
OPTIONS = {"fivetran": ("account_id", THEIRS), "segment": ("principal_arn", f"arn:PARTITION:iam::{THEIRS}:role/edge")}


def trusted(value: Any) -> Any:
    """What stands in a role's file, as Ansible loads it: texts are templates."""
    if isinstance(value, dict):
        return {name: trusted(part) for name, part in value.items()}
    if isinstance(value, list):
        return [trusted(part) for part in value]
    return TRUSTED(value) if isinstance(value, str) else value


def resolved(vendor: str, region: str, link: dict[str, Any], **options: str) -> list[dict[str, Any]]:
    """A link with its vendor's data for a region and these options of the role."""
    data = trusted(yaml.safe_load((ROLES / vendor / "vars" / "main.yml").read_text(encoding="utf-8")))
    told = {f"{vendor}_options": {**dict.fromkeys(data[f"__{vendor}_vendor"]["options"], ""), **options}}
    variables = {**data, **told, "aws_region": region, f"__{vendor}_by_api": False}
    templar = templating.Templar(loader=DataLoader(), variables=variables)
    return resolve([link], vendor=templar.template(TRUSTED(f"{{{{ __{vendor}_vendor }}}}")))


def follow(estate: Estate, links: list[dict[str, Any]], region: str) -> list[dict[str, Any]]:
    """The modules of a link in the order of their steps; where it stands then."""
    after: list[dict[str, Any]] = []
    for step, module, option, further in (
        ("prerequisite", "preflight", "links", {"nameservers": estate.nameservers}),
        ("load_balancer", "network_load_balancer", "load_balancers", {}),
        ("sync", "nlb_ip_sync", "syncs", {"nameservers": estate.nameservers}),
        ("service", "endpoint_service", "services", {}),
        ("acceptance", "accept_connection", "connections", {}),
    ):
        wanted = {option: items(links, step, after=after), "on_item_failure": "report"}
        after.append(estate.run(module, **wanted, region=region, **further))
    return report(typed(links), after)


@pytest.mark.parametrize(
    ("vendor", "region", "partition"),
    [("fivetran", "us-gov-west-1", "aws-us-gov"), ("segment", "cn-north-1", "aws-cn")],
)
def test_a_link_in_another_partition(estate: Estate, vendor: str, region: str, partition: str) -> None:
    sandbox, account = estate.sandbox, estate.account
    estate.nameservers = [f"127.0.0.1:{sandbox.health()['dns_port']}"]
    vpc = estate.make_vpc(account, region)
    link = {"name": "orders", "vpc_id": vpc.id, "subnet_ids": list(vpc.subnets), "endpoint": f"orders.{account}.test"}
    link |= {"cross_zone": True, "destination": "rds_postgres" if vendor == "segment" else "rds_postgresql"}
    sandbox.dns({link["endpoint"]: ["10.1.0.11"]})
    since = sandbox.last_call()
    # What is published holds for AWS's commercial regions: nobody is let in before the vendor has told whom.
    (untold,) = follow(estate, resolved(vendor, region, link), region)
    option, theirs = OPTIONS[vendor]
    assert untold["status"] == "waiting on vendor"
    assert f"set {vendor}_{option}" in untold["next_action"]
    assert untold["allowed_principals"] == []
    told = resolved(vendor, region, link, **{option: theirs.replace("PARTITION", partition)})
    (stands,) = follow(estate, told, region)
    assert stands["status"] == "waiting on vendor"
    assert len(stands["allowed_principals"]) == 1
    sync = {"name": "orders", "target_group": f"{vendor}-orders-5432", "endpoint": link["endpoint"]}
    function = {"name": f"saas-privatelink-{region}", "syncs": [sync], "nameservers": estate.nameservers}
    made = estate.run("ip_sync_function", **function, region=region)
    assert made["results"][0]["function_arn"].startswith(f"arn:{partition}:lambda:{region}:{account}:")
    sent = json.dumps([call["params"] for call in sandbox.calls(account, since=since)]).replace('\\"', '"')
    arns = ARN.findall(sent)
    assert [arn for arn in arns if not arn.startswith(f"arn:{partition}:")] == []
    services = {arn.split(":")[2] for arn in arns}
    assert {"iam", "lambda", "elasticloadbalancing", "events", "logs"} <= services


@pytest.mark.parametrize(
    "options",
    [
        {"allowed_principals": [f"arn:aws:iam::{THEIRS}:root"]},
        {"connection_notifications": [{"topic_arn": f"arn:aws:sns:us-gov-west-1:{THEIRS}:t", "events": ["Accept"]}]},
    ],
    ids=lambda options: next(iter(options)),
)
def test_an_arn_of_another_partition_is_refused_before_anything_is_made(estate: Estate, options: Any) -> None:
    refused = estate.run("endpoint_service", name="orders", load_balancers=["x"], region="us-gov-west-1", **options)
    assert (refused["failed"], refused["results"][0]["writes"]) == (True, [])
    assert "is of the partition aws, and this region is of aws-us-gov" in refused["msg"]
