# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 buckets: their names, their owners and their policies. They hold no objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.world import Resource, World


@dataclass(kw_only=True, eq=False)
class Bucket(Resource):
    """A bucket; ``key`` is its name, which is unique in the world."""

    KIND: ClassVar[str] = "bucket"

    policy: str = ""


def bucket_of(call: Call, world: World) -> Bucket:
    """The caller's own bucket. Raises S3's errors; other accounts get no further than a denial."""
    name = str(call.params["Bucket"])
    bucket = world.find(Bucket, name)
    if bucket is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    owner = call.params.get("ExpectedBucketOwner")
    if bucket.account != call.account or owner not in (None, bucket.account):
        raise AwsError("AccessDenied", "Access Denied", 403)
    return bucket


def statements(text: str) -> list[dict[str, Any]]:
    """The statements of a policy. Raises MalformedPolicy for what is none."""
    try:
        found = json.loads(text)["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        raise AwsError("MalformedPolicy", "Policies must be valid JSON and have a Statement", 400) from error
    listed = found if isinstance(found, list) else [found]
    if not listed or not all(isinstance(statement, dict) for statement in listed):
        raise AwsError("MalformedPolicy", "Statement is empty or not valid", 400)
    return listed


def source_endpoints(bucket: Bucket) -> Iterator[str]:
    """Ids of the VPC endpoints that the bucket's policy names as the source of requests."""
    for statement in statements(bucket.policy) if bucket.policy else ():
        for conditions in (statement.get("Condition") or {}).values():
            for key, values in conditions.items():
                if key.lower() == "aws:sourcevpce":
                    yield from [values] if isinstance(values, str) else values
