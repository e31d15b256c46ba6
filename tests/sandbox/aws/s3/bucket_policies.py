# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of S3 buckets, which are read and written as a whole."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.s3.resources import bucket_of, statements
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("s3", "GetBucketPolicy")
def get(call: Call, world: World) -> dict[str, Any]:
    bucket = bucket_of(call, world)
    if not bucket.policy:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return {"Policy": bucket.policy}


@operation("s3", "PutBucketPolicy")
def put(call: Call, world: World) -> dict[str, Any]:
    bucket, text = bucket_of(call, world), str(call.params["Policy"])
    statements(text)
    bucket.policy = text
    return {}


@operation("s3", "DeleteBucketPolicy")
def delete(call: Call, world: World) -> dict[str, Any]:
    bucket_of(call, world).policy = ""
    return {}
