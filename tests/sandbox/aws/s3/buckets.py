# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 buckets: make one, and look whether it is there."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.s3.resources import Bucket, bucket_of
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Life, World


@operation("s3", "CreateBucket")
def create(call: Call, world: World) -> dict[str, Any]:
    name = str(call.params["Bucket"])
    there = world.find(Bucket, name)
    if there is not None and there.account != call.account:
        raise AwsError("BucketAlreadyExists", "The requested bucket name is not available", 409)
    if there is not None:
        raise AwsError("BucketAlreadyOwnedByYou", "You already own the bucket", 409)
    region = (call.params.get("CreateBucketConfiguration") or {}).get("LocationConstraint") or call.region
    world.add(Bucket(key=name, account=call.account, region=region, life=Life([("active", 0.0)])))
    return {"Location": f"/{name}"}


@operation("s3", "HeadBucket")
def head(call: Call, world: World) -> dict[str, Any]:
    return {"BucketRegion": bucket_of(call, world).region}


@operation("s3", "GetBucketLocation")
def get_location(call: Call, world: World) -> dict[str, Any]:
    """None for us-east-1."""
    region = bucket_of(call, world).region
    return {"LocationConstraint": None if region == "us-east-1" else region}
