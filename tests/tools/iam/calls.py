# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS asks IAM about a call of the sandbox's log: calls.yml says what a call is about, reference.yml which
condition keys a policy may use for it. Any other key has no value, so a condition on it denies what it should allow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import jmespath
import yaml

from tests.tools.iam.policy import Request

Entry = Mapping[str, Any]
"""An entry of the sandbox's call log."""
HERE = Path(__file__).parent
CALLS: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "calls.yml").read_text(encoding="utf-8"))
REFERENCE: dict[str, Any] = yaml.safe_load((HERE / "reference.yml").read_text(encoding="utf-8"))
SERVICES = {"elbv2": "elasticloadbalancing"}  # botocore's name: IAM's, where they differ
ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction"}
KINDS = {  # prefix of an id: type of resource
    "lt": "launch-template",
    "rtb": "route-table",
    "sg": "security-group",
    "vpce": "vpc-endpoint",
    "vpce-svc": "vpc-endpoint-service",
}
TAGGING = {  # what permission it takes to make a resource with tags (the API references of the services, read 2026-11)
    "autoscaling": "autoscaling:CreateOrUpdateTags",  # to be sure: no page says so
    "cloudwatch": "cloudwatch:TagResource",
    "ec2": "ec2:CreateTags",
    "elasticloadbalancing": "elasticloadbalancing:AddTags",
    "events": "events:TagResource",
    "iam": "iam:TagRole",
    "lambda": "lambda:TagResource",
    "logs": "logs:TagResource",
    "vpc-lattice": "vpc-lattice:TagResource",
}
NEW = "new"


def action(entry: Entry) -> str:
    """A call as IAM names it."""
    name = f"{SERVICES.get(entry['service'], entry['service'])}:{entry['operation']}"
    return ACTIONS.get(name, name)


def primary(entry: Entry) -> list[Request]:
    """What is asked of the call itself: one request for each resource that it is about."""
    about = CALLS.get(action(entry), {})
    return list(_requests(action(entry), about, entry, request_tags(entry["params"])))


def further(entry: Entry) -> list[Request]:
    """What is asked besides: to tag what is made, and what AWS does in the caller's name."""
    name, params = action(entry), entry["params"]
    found: list[Request] = []
    tags, tagging = request_tags(params), TAGGING.get(name.partition(":")[0])
    resources = CALLS.get(name, {}).get("resources", {})
    if tags and tagging not in (None, name):
        kind, where = next(iter(resources.items()))
        create = {f"{name.partition(':')[0]}:CreateAction": f"'{entry['operation']}'"}
        found += _requests(str(tagging), {"resources": {kind: where}, "keys": create}, entry, tags)
    for further_action in CALLS.get(name, {}).get("also", ()):
        if "if" not in further_action or jmespath.search(further_action["if"], params):
            found += _requests(further_action["action"], further_action, entry, {})
    return found


def _requests(name: str, about: Mapping[str, Any], entry: Entry, tags: Mapping[str, str]) -> Iterator[Request]:
    """The requests for an action that ``about`` describes as calls.yml does."""
    params = entry["params"]
    given = {key: _values(jmespath.search(where, params)) for key, where in about.get("keys", {}).items()}
    given |= {f"aws:RequestTag/{key}": [value] for key, value in tags.items()}
    given["aws:TagKeys"] = [*tags, *_values(params.get("TagKeys") or params.get("tagKeys"))]
    if not about.get("resources"):
        yield Request(name, "*", _documented(name, "", given))
    for kind, where in about.get("resources", {}).items():
        for text in [NEW] if where == NEW else _values(jmespath.search(where, params)):
            kind_of = kind_by(name, text) if kind == "any" else kind
            arn = _arn(name, kind_of, text, entry)
            marks = {f"aws:ResourceTag/{key}": [value] for key, value in entry["tags"].get(text, {}).items()}
            if name.startswith("ram:"):
                given["ram:ShareOwnerAccountId"] = [arn.split(":")[4]]
            yield Request(name, arn, _documented(name, kind_of, given | marks))


def request_tags(value: Any) -> dict[str, str]:
    """The tags that parameters of a call set, wherever they stand. AWS has them as lists and as mappings."""
    found: dict[str, str] = {}
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        if key in ("Tags", "tags"):
            found |= inner if isinstance(inner, Mapping) else {tag["Key"]: tag.get("Value", "") for tag in inner}
        elif key == "TagSpecifications":
            for specification in inner:
                found |= request_tags(specification)
    return {key: str(text) for key, text in found.items()}


def _values(found: Any) -> list[str]:
    """Texts of a JMESPath's answer, however deep they lie."""
    if isinstance(found, list):
        texts = []
        for element in found:
            texts += _values(element)
        return texts
    return [] if found is None else [str(found)]


def kind_by(name: str, text: str) -> str:
    """The type of a resource by its id or ARN. Raises KeyError for one that no policy is about."""
    service = name.partition(":")[0]
    if not text.startswith("arn:"):
        return KINDS[text.rpartition("-")[0]]
    for key, resource in REFERENCE["resources"].items():
        if key.startswith(f"{service}:") and re.fullmatch(re.sub(r"\$\{\w+\}", "[^/:]+", resource["arn"]), text):
            return str(key.partition(":")[2])
    raise KeyError(text)


def _arn(name: str, kind: str, text: str, entry: Entry) -> str:
    """The ARN of a resource, as the reference spells it, of an id, a name or an ARN."""
    if text.startswith("arn:"):
        return text
    known = {"Partition": "aws", "Region": entry["region"], "Account": entry["account"]}
    template = REFERENCE["resources"][f"{name.partition(':')[0]}:{kind}"]["arn"]
    return re.sub(r"\$\{(\w+)\}", lambda match: known.get(match[1], text), template)


def _documented(name: str, kind: str, given: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Of the values given, those that the reference has keys for, of the action or of the resource.

    EC2's page lists the keys of a resource again for each action that knows them. Other pages do not.
    """
    service, row = name.partition(":")[0], REFERENCE["actions"][name]
    of_resource = [] if service == "ec2" else REFERENCE["resources"].get(f"{service}:{kind}", {}).get("keys", [])
    tags = [key for key in of_resource if "ResourceTag" in key]
    keys = [*row.get(kind, ()), *row.get("call", ()), *tags]
    return {key: values for key, values in given.items() if values and any(fnmatchcase(key, known) for known in keys)}
