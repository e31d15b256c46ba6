# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 buckets and their policies.

Sources are the pages of the Amazon S3 API Reference, of the Amazon S3 User Guide (UG) and of the IAM user guide (IAM),
read 2026-11, and reports of what AWS answered, as project and number on GitHub.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.conftest import VENDOR, refused
from tests.sandbox.client import RunningSandbox


@pytest.fixture
def s3(sandbox: RunningSandbox, account: str) -> Any:
    return sandbox.boto(account, "s3")


@pytest.fixture
def stranger(sandbox: RunningSandbox, account: str) -> Any:
    return sandbox.boto(f"8{account[1:]}", "s3")


@pytest.fixture
def bucket(s3: Any, account: str) -> str:
    """A bucket of the account without a policy; the answer is its name."""
    name = f"orders-{account}"
    s3.create_bucket(Bucket=name)
    return name


def allow(bucket: str, **changes: Any) -> dict[str, Any]:
    """A statement that S3 takes, with changes; None takes an element away."""
    resource = f"arn:aws:s3:::{bucket}/*"
    said = {"Sid": "A", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource, **changes}
    return {name: value for name, value in said.items() if value is not None}


def policy(*statements: dict[str, Any], **rest: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **rest})


def test_a_policy_is_put_shown_replaced_and_deleted(s3: Any, bucket: str) -> None:
    """GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy: a policy is one document, and replaced as a whole."""
    with refused("NoSuchBucketPolicy", 404):
        s3.get_bucket_policy(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(allow(bucket), Id="Müller"))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Id"] == "Müller"
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(allow(bucket, Sid="B")))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == {
        "Version": "2012-10-17",
        "Statement": [allow(bucket, Sid="B")],
    }
    deleted = [s3.delete_bucket_policy(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] for dummy in range(2)]
    assert deleted == [204, 204]  # of none it is no error
    with refused("NoSuchBucketPolicy", 404):
        s3.get_bucket_policy(Bucket=bucket)


@pytest.mark.parametrize("operation", ["get_bucket_policy", "put_bucket_policy", "delete_bucket_policy"])
def test_only_the_account_of_the_bucket_may(s3: Any, stranger: Any, bucket: str, account: str, operation: str) -> None:
    """GetBucketPolicy: the identity must belong to the bucket owner's account. UG, Verifying bucket ownership with
    bucket owner condition: where another account owns the bucket, the answer is 403 AccessDenied."""
    document = {"Policy": policy(allow(bucket))} if operation == "put_bucket_policy" else {}
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(allow(bucket)))
    with refused("AccessDenied", 403):
        getattr(stranger, operation)(Bucket=bucket, **document)
    with refused("AccessDenied", 403):
        getattr(s3, operation)(Bucket=bucket, ExpectedBucketOwner="444455556666", **document)
    with refused("NoSuchBucket", 404):
        getattr(s3, operation)(Bucket=f"{bucket}-2", **document)
    assert s3.get_bucket_policy(Bucket=bucket, ExpectedBucketOwner=account)["Policy"]
    getattr(s3, operation)(Bucket=bucket, ExpectedBucketOwner=account, **document)


def test_how_a_policy_is_given_back(s3: Any, bucket: str) -> None:
    """hashicorp/terraform 9036 and noobaa/noobaa-core 10059: an account comes back as the ARN of its root. IAM, Grammar
    of the JSON policy language: a list of one value may stand without its brackets, and lists have no order."""
    asked = {"StringEquals": {"aws:SourceVpce": ["vpce-0a", "vpce-0b"], "aws:SourceVpc": ["vpc-0a"]}}
    principal = {"AWS": [VENDOR, f"arn:aws:iam::{VENDOR}:role/reader"]}
    given = allow(bucket, Principal=principal, Action=["s3:GetObject"], Condition=asked)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(given, allow(bucket, Sid=None, Principal={"AWS": [VENDOR]})))
    first, second = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    root = f"arn:aws:iam::{VENDOR}:root"
    assert set(first["Principal"]["AWS"]) == {root, principal["AWS"][1]}
    assert second["Principal"] == {"AWS": root}
    assert first["Action"] == "s3:GetObject"
    assert set(first["Condition"]["StringEquals"]["aws:SourceVpce"]) == {"vpce-0a", "vpce-0b"}
    assert first["Condition"]["StringEquals"]["aws:SourceVpc"] == "vpc-0a"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        # IAM, JSON policy elements: the grammar, with the elements that a statement must have
        ({"Effect": "allow"}, "Invalid effect"),
        ({"Effect": None}, "Invalid effect"),
        ({"Principal": None}, "Missing required field Principal"),
        ({"Action": None}, "Missing required field Action"),
        ({"Resource": None}, "Missing required field Resource"),
        ({"NotAction": "s3:PutObject"}, "Missing required field Action"),
        ({"Actions": "s3:GetObject"}, "Unknown field Actions"),
        ({"Sid": 5}, "Policy has invalid Sid"),
        ({"Sid": "Ä"}, "Policy has invalid Sid"),
        ({"Condition": {"StringSame": {"aws:SourceVpce": "vpce-0a"}}}, "Invalid Condition type : StringSame"),
        ({"Action": "ec2:RunInstances"}, "Policy has invalid action"),
        # versity/versitygw 649: what is no identity; IAM, Principal: no part of an ARN stands for many, and no account
        # of another partition is one
        ({"Principal": {"AWS": "user"}}, "Invalid principal in policy"),
        ({"Principal": {"AWS": ["1234"]}}, "Invalid principal in policy"),
        ({"Principal": {"AWS": f"arn:aws:iam::{VENDOR}:role/*"}}, "Invalid principal in policy"),
        ({"Principal": {"AWS": f"arn:aws-us-gov:iam::{VENDOR}:root"}}, "Invalid principal in policy"),
        ({"Principal": VENDOR}, "Invalid policy syntax."),
        # versity/versitygw 648, noobaa/noobaa-core 10058: resources are the bucket's own
        ({"Resource": "*"}, "Policy has invalid resource"),
        ({"Resource": "arn:aws:s3:::other/*"}, "Policy has invalid resource"),
    ],
)
def test_policies_that_are_not_taken(s3: Any, bucket: str, changes: dict[str, Any], message: str) -> None:
    with refused("MalformedPolicy", 400, message):
        s3.put_bucket_policy(Bucket=bucket, Policy=policy(allow(bucket, **changes)))
    with refused("NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=bucket)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "must be valid JSON"),
        ("[]", "must be valid JSON"),
        ("{}", "Missing required field Statement"),
        ('{"Statement": []}', "Missing required field Statement"),
        ('{"Statement": ["s3:GetObject"]}', "invalid statement"),
        ('{"Statement": {}, "Version": "2012-10-18"}', "valid version string"),
        ('{"Statement": {}, "Versions": "2012-10-17"}', "Unknown field Versions"),
    ],
)
def test_documents_that_are_none(s3: Any, bucket: str, text: str, message: str) -> None:
    """IAM, Grammar of the IAM JSON policy language. An empty policy is none: DeleteBucketPolicy removes one."""
    with refused("MalformedPolicy", 400, message):
        s3.put_bucket_policy(Bucket=bucket, Policy=text)


def test_sids_are_unique_in_a_policy(s3: Any, bucket: str) -> None:
    """IAM, JSON policy elements: Sid. UG, Controlling access from VPC endpoints: its examples have hyphens."""
    with refused("MalformedPolicy", 400, "must be unique"):
        s3.put_bucket_policy(Bucket=bucket, Policy=policy(allow(bucket), allow(bucket)))
    unnamed = allow(bucket, Sid=None)
    hyphens = allow(bucket, Sid="Access-to-specific-VPCE-only")
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(unnamed, unnamed, hyphens))


def test_how_long_a_policy_may_be(s3: Any, bucket: str) -> None:
    """UG, Bucket policies: 20 KB. MIT-LCP/physionet-build 2094: 20480 bytes without white space, as it is put."""
    room = 20480 - len(json.dumps(json.loads(policy(allow(bucket), Id="")), separators=(",", ":")))
    longest = json.loads(policy(allow(bucket), Id="i" * room))
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(longest, indent=4))
    longest["Id"] += "i"
    with refused("MalformedPolicy", 400, "maximum allowed document size"):
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(longest, separators=(",", ":")))


def test_names_of_buckets_are_unique_and_have_a_form(
    s3: Any, stranger: Any, bucket: str, sandbox: RunningSandbox
) -> None:
    """CreateBucket: names are unique in a partition; who owns one already is told so, save in us-east-1. UG, General
    purpose bucket naming rules."""
    with refused("BucketAlreadyExists", 409):
        stranger.create_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    for name in ("Orders", "or", "or..ders", "192.168.5.4"):
        with refused("InvalidBucketName", 400):
            s3.create_bucket(Bucket=name)
    china = sandbox.boto("111122223333", "s3", "cn-north-1")
    here = {"CreateBucketConfiguration": {"LocationConstraint": "cn-north-1"}}
    china.create_bucket(Bucket=bucket, **here)
    with refused("BucketAlreadyOwnedByYou", 409):
        china.create_bucket(Bucket=bucket, **here)
    with refused("IllegalLocationConstraintException", 400):
        s3.create_bucket(Bucket=f"{bucket}-2", **here)


def test_a_bucket_is_in_one_region(sandbox: RunningSandbox, s3: Any, bucket: str, account: str) -> None:
    """GetBucketLocation: us-east-1 has none. UG, Making requests: another region answers where the bucket is, and
    botocore asks there (S3RegionRedirector)."""
    europe = sandbox.boto(account, "s3", "eu-west-1")
    europe.create_bucket(Bucket=f"{bucket}-eu", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    assert europe.get_bucket_location(Bucket=f"{bucket}-eu")["LocationConstraint"] == "eu-west-1"
    assert europe.head_bucket(Bucket=f"{bucket}-eu")["BucketRegion"] == "eu-west-1"
    since = sandbox.last_call()
    with refused("NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=f"{bucket}-eu")
    asked = [(call["region"], call["error"]) for call in sandbox.calls(account, since=since)]
    assert asked == [("us-east-1", "PermanentRedirect"), ("eu-west-1", "NoSuchBucketPolicy")]


def test_a_deleted_bucket_takes_its_policy_along(s3: Any, bucket: str) -> None:
    """DeleteBucket."""
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(allow(bucket)))
    s3.delete_bucket(Bucket=bucket)
    with refused("NoSuchBucket", 404):
        s3.get_bucket_policy(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    with refused("NoSuchBucketPolicy", 404):
        s3.get_bucket_policy(Bucket=bucket)


@pytest.mark.parametrize("operation", ["put_object", "list_objects_v2", "list_buckets"])
def test_objects_are_not_served(s3: Any, bucket: str, operation: str) -> None:
    """moto has none of these buckets, so its answers about them would be wrong."""
    call: Callable[..., Any] = getattr(s3, operation)
    options = {"list_buckets": {}, "put_object": {"Bucket": bucket, "Key": "a"}}.get(operation, {"Bucket": bucket})
    with refused("NotImplemented", 501):
        call(**options)
