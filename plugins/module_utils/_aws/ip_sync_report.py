# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the IP sync function sees from where it runs, asked whenever it has changed.

This module util is PRIVATE to the collection.

Source: AWS Lambda API Reference, Invoke; IAM user guide, "Troubleshooting IAM": changes take some seconds to reach all
of AWS (read 2026-11).
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_options import IpSyncFunction
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Clock, Result

CHANGES = {"iam:PutRolePolicy", "lambda:CreateFunction", "lambda:UpdateFunctionCode"}  # of what it follows or may do
LOOKS, PAUSE = 7, 5.0  # how often, and seconds between two
NOT_ALLOWED_YET = "not authorized"
REMEDIES = {
    "public address|NXDOMAIN|REFUSED|no such name": (
        "The function sees other answers than the VPC does. A database that is publicly accessible, or a name in a "
        "private zone, needs it attached to the VPC: set subnet_ids and security_group_ids, or nameservers that it can "
        "reach."
    ),
    "attached to a VPC": (
        "Give the subnets of subnet_ids a route to a NAT gateway, or the VPC interface endpoints of "
        "elasticloadbalancing and ec2 that the function's security groups may reach on port 443."
    ),
}
Reports = list[dict[str, t.Any]]


def add_report(api: Api, item: IpSyncFunction, result: Result, clock: Clock) -> None:
    """Ask a function that has changed what it sees, and put that into its result; it writes nothing then.

    Fails the result, where the item says so, when the function cannot follow a name: all is deployed by then.
    """
    if result.failed or result.waiting or not CHANGES & set(result.writes):
        return
    try:
        reports = look(api, item.name, clock)
    except ItemError as error:
        result.fail(error)
        return
    result.resource["report"] = reports
    failed = {report["name"]: str(report["msg"]) for report in reports if report["failed"]}
    if failed and item.on_sync_failure == "fail":
        told = "; ".join(f"{name}: {msg.rstrip('.')}" for name, msg in failed.items())
        remedies = [remedy for words, remedy in REMEDIES.items() if re.search(words, told)]
        text = f"The function is deployed, but not all of its syncs work: {told}."
        result.fail(ItemError(" ".join([text, *remedies])))


def look(api: Api, name: str, clock: Clock) -> Reports:
    """What the function would do. Asked again for a while, until what it may do has reached all of AWS.

    Raises ItemError where it fails as a whole.
    """
    payload = json.dumps({"check": True}).encode()
    for left in range(LOOKS - 1, -1, -1):
        answer = api.call("lambda:InvokeFunction", name, FunctionName=name, Payload=payload)
        told = json.loads(answer["Payload"].read() or b"{}")
        reports: Reports = told.get("results") or []
        early = answer.get("FunctionError") or any(NOT_ALLOWED_YET in str(report["msg"]) for report in reports)
        if not early or not left:
            break
        clock.sleep(PAUSE)
    if answer.get("FunctionError"):
        raise ItemError(f"Function {name} is deployed, and fails: {told.get('errorMessage', told)}.")
    return reports
