# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S3's buckets and their policies. Source: Amazon S3 API Reference, its operations and "Error responses" (2026-11)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.conftest import refused

Boto = Callable[..., Any]
STATEMENT = {"Sid": "Ours", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


@pytest.fixture
def bucket(boto: Boto, account: str) -> str:
    name = f"lake-{account}"
    boto(account, "s3").create_bucket(Bucket=name)
    return name


def test_a_policy_is_read_and_written_as_a_whole(boto: Boto, account: str, bucket: str) -> None:
    s3, text = boto(account, "s3"), json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
    with refused("NoSuchBucketPolicy", 404):
        s3.get_bucket_policy(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=text)
    assert s3.get_bucket_policy(Bucket=bucket, ExpectedBucketOwner=account)["Policy"] == text
    for wrong in ("{", "{}", '{"Statement": []}', '{"Statement": ["a"]}'):
        with refused("MalformedPolicy", 400):
            s3.put_bucket_policy(Bucket=bucket, Policy=wrong)
    s3.delete_bucket_policy(Bucket=bucket)
    with refused("NoSuchBucketPolicy", 404):
        s3.get_bucket_policy(Bucket=bucket)


def test_a_bucket_is_its_owners_alone(boto: Boto, account: str, bucket: str) -> None:
    other = boto("222222222222", "s3")
    with refused("AccessDenied", 403):
        other.get_bucket_policy(Bucket=bucket)
    with refused("AccessDenied", 403):
        boto(account, "s3").get_bucket_policy(Bucket=bucket, ExpectedBucketOwner="222222222222")
    with refused("BucketAlreadyExists", 409):
        other.create_bucket(Bucket=bucket)
    with refused("BucketAlreadyOwnedByYou", 409):
        boto(account, "s3").create_bucket(Bucket=bucket)
    with refused("NoSuchBucket", 404):
        other.get_bucket_policy(Bucket="nobodys-lake")


def test_a_bucket_tells_its_region(boto: Boto, account: str, bucket: str) -> None:
    far = f"far-{account}"
    configuration = {"LocationConstraint": "eu-west-1"}
    boto(account, "s3", "eu-west-1").create_bucket(Bucket=far, CreateBucketConfiguration=configuration)
    s3 = boto(account, "s3")
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    assert s3.get_bucket_location(Bucket=far)["LocationConstraint"] == "eu-west-1"
    assert s3.head_bucket(Bucket=far)["BucketRegion"] == "eu-west-1"
