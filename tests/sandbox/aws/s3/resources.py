# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 as far as bucket policies need it: buckets, whose names are unique in a partition, and who may call about them.

Source: Amazon S3 API Reference, Error responses and "Bucket owner condition" (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import Resource, World


@dataclass(kw_only=True, eq=False)
class Bucket(Resource):
    """A bucket. ``key`` is its ARN; ``policy`` is its policy as S3 shows it, None where it has none."""

    KIND: ClassVar[str] = "bucket"

    name: str
    policy: dict[str, Any] | None = None


def bucket_named(name: str, world: World) -> Bucket | None:
    """Whoever's it is: names are unique among all accounts."""
    return next((bucket for bucket in world.all(Bucket) if bucket.name == name), None)


def source_endpoints(bucket: Bucket) -> Iterator[str]:
    """Ids of the VPC endpoints that the bucket's policy names as the source of requests."""
    for statement in (bucket.policy or {}).get("Statement", ()):
        for keys in (statement.get("Condition") or {}).values():
            for key, values in keys.items():
                if key.lower() == "aws:sourcevpce":
                    yield from [values] if isinstance(values, str) else values


def arn_of(call: Call) -> str:
    return f"arn:{partition(call.region)}:s3:::{call.params['Bucket']}"


def get_bucket(call: Call, world: World) -> Bucket:
    """The bucket of a call by its owner, who asks in its region. Raises AwsError as S3 refuses others.

    No policy lets another account read or change the policy; S3 answers 403 to those without permission, and 405 to
    those who have it, which nobody has here.
    """
    bucket = world.find(Bucket, arn_of(call))
    if bucket is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    if call.region != bucket.region:
        message = "The bucket you are attempting to access must be addressed using the specified endpoint."
        raise AwsError("PermanentRedirect", message, 301, {"x-amz-bucket-region": bucket.region})
    expected = call.params.get("ExpectedBucketOwner")
    if call.account != bucket.account or expected not in (None, bucket.account):
        raise AwsError("AccessDenied", "Access Denied", 403)
    return bucket
