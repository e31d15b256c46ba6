# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's regions and the partitions that they are in: aws, aws-cn (China), aws-us-gov (GovCloud)."""

from __future__ import annotations

from functools import cache

import botocore.exceptions
import botocore.session

from tests.sandbox.core.calls import AwsError


@cache
def partition(region: str) -> str:
    """The partition of a region, which stands in all ARNs there.

    botocore knows the form of the regions of each partition, and so also new ones. Raises AWS's refusal of a region
    that cannot be: the message is that of its signature check (AWS General Reference, "Signature Version 4").
    """
    try:
        return str(botocore.session.get_session().get_partition_for_region(region))
    except botocore.exceptions.UnknownRegionError as error:
        raise impossible(region) from error


def impossible(region: str) -> AwsError:
    return AwsError("SignatureDoesNotMatch", f"Credential should be scoped to a valid region, not '{region}'.", 403)
