# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether all name servers know of a change.

Source: Amazon Route 53 API Reference, GetChange (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.route53.resources import Change, place
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("route53", "GetChange")
def get(call: Call, world: World) -> dict[str, Any]:
    change = world.find(Change, call.params["Id"].rpartition("/")[2], call.account, place(call))
    if change is None:
        raise AwsError("NoSuchChange", f"Could not find resource with ID: {call.params['Id']}", 404)
    return {"ChangeInfo": change.described()}
