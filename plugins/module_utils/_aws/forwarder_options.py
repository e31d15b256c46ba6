# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be wanted of a group of hosts that forward ports: its options, its hosts and who is let in to them.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import typing as t
from collections import Counter
from dataclasses import asdict, dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.arns import TARGET_GROUP
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import internal
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN

NAME = r"(?!sg-)[A-Za-z0-9().\-/_]{3,128}"  # what a launch template, a group and a security group may all be called
LONGEST_USER_DATA = 16384  # bytes, before they are encoded
Raw = t.Mapping[str, t.Any]


class Rule(t.NamedTuple):
    """One source that is let in. ``kind`` and ``source`` are as in a security group's IpPermissions."""

    protocol: str
    first: int | None  # port
    last: int | None
    kind: str
    source: str

    @property
    def ports(self) -> str:
        if self.first is None:
            return "all ports"
        return (
            f"{self.protocol} {self.first}" if self.first == self.last else f"{self.protocol} {self.first}-{self.last}"
        )


SOURCES = {
    "UserIdGroupPairs": "GroupId",
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
}


def rules_of(security_group: Raw) -> set[Rule]:
    """Whom a security group lets in."""
    found: set[Rule] = set()
    for permission in security_group.get("IpPermissions") or []:
        ports = (permission.get("FromPort"), permission.get("ToPort"))
        for kind, member in SOURCES.items():
            sources = [str(source[member]) for source in permission.get(kind) or []]
            found.update(Rule(str(permission["IpProtocol"]), *ports, kind, source) for source in sources)
    return found


def permissions(rules: t.Iterable[Rule]) -> list[dict[str, t.Any]]:
    """Rules as AWS takes them, in a fixed order."""
    found: list[dict[str, t.Any]] = []
    for rule in sorted(rules, key=str):
        ports = {"FromPort": rule.first, "ToPort": rule.last} if rule.first is not None else {}
        found.append({"IpProtocol": rule.protocol, **ports, rule.kind: [{SOURCES[rule.kind]: rule.source}]})
    return found


@dataclass(frozen=True)
class Hosts:
    """How hosts are made. The first of the security groups is the forwarder's own."""

    image_id: str
    instance_type: str
    iam_instance_profile: str
    user_data: str
    security_group_ids: list[str]
    tags: dict[str, str]

    @classmethod
    def of(cls, data: Raw) -> Hosts:
        """Those that the data of a launch template make."""
        interfaces = data.get("NetworkInterfaces") or [{}]
        profile = data.get("IamInstanceProfile") or {}
        specifications = data.get("TagSpecifications") or []
        tags = [specified["Tags"] for specified in specifications if specified.get("ResourceType") == "instance"]
        return cls(
            image_id=str(data.get("ImageId") or ""),
            instance_type=str(data.get("InstanceType") or ""),
            iam_instance_profile=str(profile.get("Arn") or profile.get("Name") or ""),
            user_data=_decoded(str(data.get("UserData") or "")),
            security_group_ids=list(interfaces[0].get("Groups") or []),
            tags=tagging.as_dict(tags[0] if tags else ()),
        )

    @property
    def data(self) -> dict[str, t.Any]:
        """The data of a launch template that makes them: IMDSv2 only, and no public address."""
        data: dict[str, t.Any] = {
            "ImageId": self.image_id,
            "InstanceType": self.instance_type,
            "UserData": base64.b64encode(self.user_data.encode()).decode(),
            "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
            "NetworkInterfaces": [
                {
                    "DeviceIndex": 0,
                    "AssociatePublicIpAddress": False,
                    "DeleteOnTermination": True,
                    "Groups": self.security_group_ids,
                }
            ],
            "TagSpecifications": [
                {"ResourceType": kind, "Tags": tagging.as_aws(self.tags)} for kind in ("instance", "volume")
            ],
        }
        if self.iam_instance_profile:
            kind = "Arn" if self.iam_instance_profile.startswith("arn:") else "Name"
            data["IamInstanceProfile"] = {kind: self.iam_instance_profile}
        return data

    @property
    def checksum(self) -> str:
        return hashlib.sha256(json.dumps(self.data, sort_keys=True).encode()).hexdigest()

    @property
    def shown(self) -> dict[str, t.Any]:
        """The hosts for a diff: user data by lines."""
        shown = asdict(self)
        shown["host_tags"] = shown.pop("tags")
        shown["user_data"] = self.user_data.splitlines()
        return shown


def _decoded(text: str) -> str:
    """User data that somebody else has made need not be text."""
    try:
        return base64.b64decode(text).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text


@dataclass(frozen=True)
class ForwarderGroup:
    """One wanted forwarder; the fields are the options of the module C(forwarder_group). None changes nothing."""

    name: str
    state: t.Literal["present", "absent"] = "present"
    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    source_security_group_ids: list[str] | None = None
    ports: list[int] | None = None
    security_group_ids: list[str] | None = None
    target_group_arns: list[str] | None = None
    purge_target_groups: bool = False
    image_id: str | None = None
    instance_type: str | None = None
    instances: int | None = None
    instance_warmup: int = 60
    health_timeout: int = 600
    iam_instance_profile: str | None = None
    user_data: str | None = None
    tags: dict[str, str] | None = None
    leave_others: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME, self.name):
            raise ItemError(
                f"Not a name that AWS takes: {self.name!r}. It has 3 to 128 letters, digits and ().-/_ and does not "
                "begin with sg-."
            )
        if (self.ports is None) != (self.source_security_group_ids is None):
            raise ItemError("Who is let in takes both: give ports and source_security_group_ids together.")
        for option, what in (("subnet_ids", "subnet"), ("ports", "port"), ("source_security_group_ids", "source")):
            if getattr(self, option) == []:
                raise ItemError(f"{option} is empty: a forwarder needs at least one {what}.")
        self._check_ports()
        self._check_numbers()
        for arn in self.target_group_arns or []:
            if arn != UNKNOWN and not TARGET_GROUP.fullmatch(arn):
                raise ItemError(f"Not the ARN of a target group: {arn!r}.")
        size = len((self.user_data or "").encode())
        if size > LONGEST_USER_DATA:
            raise ItemError(
                f"The user data has {size} bytes; AWS takes {LONGEST_USER_DATA}. Spread what is forwarded over several "
                "forwarders."
            )

    def _check_numbers(self) -> None:
        if self.instances is not None and self.instances < 1:
            raise ItemError(f"instances is {self.instances}: a forwarder needs at least one host.")
        for option in ("instance_warmup", "health_timeout"):
            if getattr(self, option) < 0:
                raise ItemError(f"{option} is {getattr(self, option)}: it is a number of seconds.")

    def _check_ports(self) -> None:
        wrong = [port for port in self.ports or [] if not 1 <= port <= 65535]
        if wrong:
            raise ItemError(f"Not a port: {wrong[0]}. Ports go from 1 to 65535.")
        twice = sorted(port for port, count in Counter(self.ports or []).items() if count > 1)
        if twice:
            raise ItemError(f"Two things cannot listen on one port: {', '.join(map(str, twice))}.")

    @property
    def rules(self) -> set[Rule] | None:
        """Whom the hosts let in, None where the options do not say."""
        if self.ports is None or self.source_security_group_ids is None:
            return None
        found: set[Rule] = set()
        for port in self.ports:
            found.update(Rule("tcp", port, port, "UserIdGroupPairs", group) for group in self.source_security_group_ids)
        return found

    def lacking(self, has_security_group: bool, has_hosts: bool, has_group: bool) -> list[str]:
        """The options without which what is missing cannot be made."""
        needed: list[str] = []
        needed += [] if has_security_group else ["vpc_id", "ports", "source_security_group_ids"]
        needed += [] if has_hosts else ["image_id", "instance_type", "user_data"]
        needed += [] if has_group else ["subnet_ids"]
        return [option for option in needed if not getattr(self, option)]

    def hosts(self, security_group_id: str, have: Hosts | None) -> Hosts:
        """The wanted hosts. What the options do not say is as in ``have``."""
        now = have or Hosts("", "", "", "", [], {})
        further = now.security_group_ids[1:]
        if self.security_group_ids is not None:
            further = sorted(set(self.security_group_ids))
        keep_tags = have is not None and self.tags is None
        return Hosts(
            image_id=_set(self.image_id, now.image_id),
            instance_type=_set(self.instance_type, now.instance_type),
            iam_instance_profile=_set(self.iam_instance_profile, now.iam_instance_profile),
            user_data=_set(self.user_data, now.user_data),
            security_group_ids=[security_group_id, *further],
            tags=now.tags if keep_tags else tagging.own_tags(self),
        )


def _set(option: str | None, now: str) -> str:
    """The option where it is set, else what is there now."""
    return now if option is None else option
