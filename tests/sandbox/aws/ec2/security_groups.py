# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups are moto's, which deletes also those that something is in.

Source: EC2 API Reference, DeleteSecurityGroup, and its error codes, DependencyViolation (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("ec2", "DeleteSecurityGroup")
def delete(call: Call, world: World) -> dict[str, Any]:
    ec2, group_id = moto_ec2.backend(call.account, call.region), call.params.get("GroupId")
    name = call.params.get("GroupName")
    group = moto_ec2.find_security_group(call.account, call.region, str(group_id)) if group_id else None
    if group_id and group is None:
        raise AwsError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
    if group is not None and any(group in eni.group_set for eni in ec2.enis.values()):
        raise AwsError("DependencyViolation", f"resource {group_id} has a dependent object")
    ec2.delete_security_group(name=name, group_id=group_id)
    return {"Return": True, "GroupId": group_id}
