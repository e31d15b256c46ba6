# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Buckets, without objects.

Source: Amazon S3 API Reference, CreateBucket, HeadBucket, GetBucketLocation, DeleteBucket; Amazon S3 User Guide,
"General purpose bucket naming rules" (read 2026-11).
"""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.aws.s3.resources import Bucket, arn_of, get_bucket
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Life, World

NAME = re.compile(r"(?!.*\.\.)(?![0-9.]+$)(?!xn--)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
CLASSIC = "us-east-1"
"""The region whose buckets have no location constraint."""


@operation("s3", "CreateBucket")
def create(call: Call, world: World) -> dict[str, Any]:
    name = call.params["Bucket"]
    if not NAME.fullmatch(name):
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.", 400)
    wanted = (call.params.get("CreateBucketConfiguration") or {}).get("LocationConstraint") or CLASSIC
    if wanted != call.region:
        message = f"The {wanted} location constraint is incompatible for the region specific endpoint of {call.region}."
        raise AwsError("IllegalLocationConstraintException", message, 400)
    there = world.find(Bucket, arn_of(call))
    if there is not None and there.account != call.account:
        raise AwsError("BucketAlreadyExists", "The requested bucket name is not available.", 409)
    if there is not None and call.region != CLASSIC:  # there it is no error
        message = "Your previous request to create the named bucket succeeded and you already own it."
        raise AwsError("BucketAlreadyOwnedByYou", message, 409)
    if there is None:
        arn = arn_of(call)
        always = Life([("available", 0.0)])
        world.add(Bucket(key=arn, account=call.account, region=call.region, life=always, name=name))
    return {"Location": f"/{name}"}


@operation("s3", "HeadBucket")
def head(call: Call, world: World) -> dict[str, Any]:
    return {"BucketRegion": get_bucket(call, world).region}


@operation("s3", "GetBucketLocation")
def location(call: Call, world: World) -> dict[str, Any]:
    region = get_bucket(call, world).region
    return {} if region == CLASSIC else {"LocationConstraint": region}


@operation("s3", "DeleteBucket")
def delete(call: Call, world: World) -> dict[str, Any]:
    world.remove(get_bucket(call, world))
    return {}
