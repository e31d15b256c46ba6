# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting versions of a launch template, which moto does not have.

Source: Amazon EC2 API Reference, DeleteLaunchTemplateVersions (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World

DEFAULT = {"Code": "unexpectedError", "Message": "Cannot delete the default version of a launch template."}


@operation("ec2", "DeleteLaunchTemplateVersions")
def delete(call: Call, world: World) -> dict[str, Any]:
    """moto numbers versions by their place, so a deleted one is still listed until its template goes."""
    template = _template(call)
    done, refused = [], []
    for number in (int(text) for text in call.params["Versions"]):
        item = {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, "VersionNumber": number}
        if number == template.default_version_number:
            refused.append({**item, "ResponseError": DEFAULT})
        else:
            done.append(item)
    return {"SuccessfullyDeletedLaunchTemplateVersions": done, "UnsuccessfullyDeletedLaunchTemplateVersions": refused}


def _template(call: Call) -> Any:
    wanted = (call.params.get("LaunchTemplateId"), call.params.get("LaunchTemplateName"))
    templates = moto_ec2.backend(call.account, call.region).launch_templates.values()
    found = [template for template in templates if template.id == wanted[0] or template.name == wanted[1]]
    if not found:
        message = f"The launch template {wanted[0] or wanted[1]} does not exist"
        raise AwsError("InvalidLaunchTemplateId.NotFound", message)
    return found[0]
