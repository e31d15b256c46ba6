# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What moto's Auto Scaling groups do not have: an end of metrics.

Source: Amazon EC2 Auto Scaling API Reference, DisableMetricsCollection (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.autoscaling.resources import connect, group_name
from tests.sandbox.core.calls import Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("autoscaling", "DisableMetricsCollection")
def disable_metrics(call: Call, world: World) -> dict[str, Any]:
    """Without Metrics all of them end."""
    group = connect(call, world).autoscaling_groups[group_name(call, world)]
    gone = call.params.get("Metrics")
    group.metrics = [metric for metric in group.metrics if gone and metric not in gone]
    return {}
