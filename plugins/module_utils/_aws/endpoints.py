# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPC endpoints as AWS lists them.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, DescribeVpcEndpoints (read 2026-11).
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api

Endpoint = t.Mapping[str, t.Any]


def read_endpoints(api: Api) -> list[Endpoint]:
    """Every VPC endpoint of the account that is not deleted, one call per 1000."""
    found = api.pages("ec2:DescribeVpcEndpoints", "VpcEndpoints", MaxResults=1000)
    return [endpoint for endpoint in found if str(endpoint["State"]).lower() != "deleted"]
