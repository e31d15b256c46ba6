# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bucket policies: what S3 takes for one, and how it gives it back.

Sources (read 2026-11): Amazon S3 API Reference, GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy; IAM user guide,
Grammar of the IAM JSON policy language. Messages, and how S3 gives principals back: hashicorp/terraform 9036,
versity/versitygw 648 and 649, noobaa/noobaa-core 10058, MIT-LCP/physionet-build 2094.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.sandbox.aws.s3.resources import Bucket, get_bucket
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import World

LONGEST = 20480
ELEMENTS = {"Version", "Id", "Statement"}
OF_STATEMENT = {"Sid", "Effect", "Condition"} | {
    f"{no}{element}" for no in ("", "Not") for element in ("Principal", "Action", "Resource")
}
VERSIONS = {"2008-10-17", "2012-10-17"}
SID = re.compile(r"[\w .,:/@=+-]*", re.ASCII)  # documented for IAM are letters and digits; S3's own examples have more
ACTION = re.compile(r"s3:[A-Za-z*?]+|\*", re.IGNORECASE)
ACCOUNT = re.compile(r"[0-9]{12}")
IDENTITY = re.compile(
    r"arn:(aws[a-z-]*):(?:iam|sts)::[0-9]{12}:(?:root|(?:user|role|assumed-role|federated-user)/[\w+=,.@/-]+)", re.ASCII
)
OPERATORS = re.compile(
    r"(ForA(ll|ny)Values?:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Arn(Not)?(Equals|Like)|(Not)?IpAddress|Bool|"
    r"(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)|BinaryEquals)(IfExists)?|Null"
)


@operation("s3", "GetBucketPolicy")
def get(call: Call, world: World) -> dict[str, Any]:
    policy = get_bucket(call, world).policy
    if policy is None:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return {"Policy": json.dumps(policy, separators=(",", ":"), ensure_ascii=False)}


@operation("s3", "PutBucketPolicy")
def put(call: Call, world: World) -> dict[str, Any]:
    bucket = get_bucket(call, world)
    bucket.policy = _accepted(call.params["Policy"], bucket, partition(call.region))
    return {}


@operation("s3", "DeleteBucketPolicy")
def delete(call: Call, world: World) -> dict[str, Any]:
    get_bucket(call, world).policy = None
    return {}


def _accepted(text: str | bytes, bucket: Bucket, of: str) -> dict[str, Any]:
    """A policy as S3 keeps it. Raises AwsError for one that it does not take."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _malformed("Policies must be valid JSON and the first byte must be '{'") from error
    if not isinstance(document, dict):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    if len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()) > LONGEST:
        raise _malformed("Policy exceeds the maximum allowed document size.")
    if set(document) - ELEMENTS:
        raise _malformed(f"Unknown field {min(set(document) - ELEMENTS)}")
    if document.get("Version", "2012-10-17") not in VERSIONS:
        raise _malformed(f"The policy must contain a valid version string: {document['Version']}")
    statements = _listed(document.get("Statement"))
    if not statements:
        raise _malformed("Missing required field Statement")
    for statement in statements:
        _check(statement, bucket, of)
    named = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(named) != len(set(named)):
        raise _malformed("Statement IDs (SID) in a single policy must be unique.")
    return {**document, "Statement": [_given_back(statement, of) for statement in statements]}


def _check(statement: Any, bucket: Bucket, of: str) -> None:
    if not isinstance(statement, dict):
        raise _malformed("Policy has invalid statement")
    if set(statement) - OF_STATEMENT:
        raise _malformed(f"Unknown field {min(set(statement) - OF_STATEMENT)}")
    for element in ("Principal", "Action", "Resource"):
        if (element in statement) == (f"Not{element}" in statement):
            raise _malformed(f"Missing required field {element}")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed(f"Invalid effect: {statement.get('Effect')}")
    if not isinstance(statement.get("Sid", ""), str) or not SID.fullmatch(statement.get("Sid", "")):
        raise _malformed("Policy has invalid Sid")
    _check_operators(statement.get("Condition", {}))
    _check_reach(statement, bucket)
    _check_principal(_element(statement, "Principal"), of)


def _check_reach(statement: dict[str, Any], bucket: Bucket) -> None:
    if not all(ACTION.fullmatch(action) for action in _either(statement, "Action")):
        raise _malformed("Policy has invalid action")
    for resource in _either(statement, "Resource"):
        if resource != bucket.key and not resource.startswith(f"{bucket.key}/"):
            raise _malformed("Policy has invalid resource")


def _check_operators(condition: dict[str, Any]) -> None:
    for operator, keys in condition.items():
        if not OPERATORS.fullmatch(operator) or not isinstance(keys, dict):
            raise _malformed(f"Invalid Condition type : {operator}")


def _check_principal(principal: Any, of: str) -> None:
    kinds = {"AWS": principal} if principal == "*" else principal
    if not isinstance(kinds, dict) or not kinds or set(kinds) - {"AWS", "Service", "Federated", "CanonicalUser"}:
        raise _malformed("Invalid policy syntax.")
    for named in _listed(kinds.get("AWS")):
        match = IDENTITY.fullmatch(named)
        if not (named == "*" or ACCOUNT.fullmatch(named) or (match and match[1] == of)):
            raise _malformed("Invalid principal in policy")


def _given_back(statement: dict[str, Any], of: str) -> dict[str, Any]:
    """A statement as S3 shows it: accounts as the ARN of their root, one value alone without a list.

    The order of values is none that was given.
    """
    found = {}
    for element, value in statement.items():
        if element in ("Principal", "NotPrincipal") and isinstance(value, dict):
            found[element] = {
                kind: _spelt([_root(name, of) for name in _listed(names)]) for kind, names in value.items()
            }
        elif element in ("Action", "NotAction", "Resource", "NotResource"):
            found[element] = _spelt(_listed(value))
        elif element == "Condition":
            found[element] = {operator: _shown(keys) for operator, keys in value.items()}
        else:
            found[element] = value
    return found


def _shown(keys: dict[str, Any]) -> dict[str, Any]:
    return {key: _spelt(_listed(values)) for key, values in keys.items()}


def _spelt(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def _root(name: str, of: str) -> str:
    return f"arn:{of}:iam::{name}:root" if ACCOUNT.fullmatch(name) else name


def _element(statement: dict[str, Any], element: str) -> Any:
    return statement.get(element, statement.get(f"Not{element}"))


def _either(statement: dict[str, Any], element: str) -> list[str]:
    """The texts of an element or of its opposite."""
    return [str(text) for text in _listed(_element(statement, element))]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicy", message, 400)
