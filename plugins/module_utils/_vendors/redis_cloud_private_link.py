# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private links of Redis Cloud subscriptions: read, create, share, disassociate, remove.

This module util is PRIVATE to the collection.

Sources: Redis Cloud's OpenAPI document (C(/subscriptions/{id}/private-link)), its page "Connect to Amazon Web Services
PrivateLink" and the models of its Go client (read 2026-11). A link is shared with principals of AWS; who has accepted
and who is connected is AWS's doing, and the API only tells of it.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence, optional, required
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change, Made, Plan
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.redis_cloud import ApiError, RedisCloud, Task

READ = "redis_cloud:GetPrivateLink"
CREATE = "redis_cloud:CreatePrivateLink"
DELETE = "redis_cloud:DeletePrivateLink"
ADD = "redis_cloud:CreatePrivateLinkPrincipal"
REMOVE = "redis_cloud:DeletePrivateLinkPrincipal"
DISASSOCIATE = "redis_cloud:DisassociateConnections"
ABSENT = ("PRIVATE_LINK_NOT_FOUND", "PRIVATELINK_SERVICE_NOT_FOUND")
PrincipalType = t.Literal[
    "aws_account", "organization", "organization_unit", "iam_role", "iam_user", "service_principal"
]
LONGEST_SHARE_NAME = 64
ACCOUNT = re.compile(r"(?:arn:aws[a-z-]*:iam::)?([0-9]{12})(?::root)?")


def same_principal(value: str) -> str:
    """What two spellings of one principal have in common: an account may come as its number or as its root's ARN."""
    match = ACCOUNT.fullmatch(value)
    return match.group(1) if match else value


@dataclass(frozen=True)
class Principal:
    """Whom the link's share is for. ``status`` is Redis Cloud's, "" for a wanted one."""

    value: str
    type: str
    alias: str | None = None
    status: str = ""

    @property
    def key(self) -> str:
        return same_principal(self.value)

    @property
    def gone(self) -> bool:
        return self.status == "disassociated"

    def as_dict(self) -> dict[str, t.Any]:
        return {"principal": self.value, "type": self.type, "alias": self.alias, "status": self.status}


@dataclass(frozen=True)
class Connection:
    """A VPC endpoint or a service network that is connected to the link, in the words of Redis Cloud."""

    association_id: str
    connection_id: str
    type: str
    owner_id: str
    association_date: str

    @property
    def body(self) -> dict[str, str]:
        """How the API wants a connection named."""
        named = {"associationId": self.association_id, "type": self.type, "principalId": self.owner_id}
        return {**named, "connectionId": self.connection_id} if self.connection_id else named

    def __str__(self) -> str:
        return f"{self.connection_id or self.association_id} of account {self.owner_id}"

    def as_dict(self) -> dict[str, str]:
        return dict(vars(self))


@dataclass(frozen=True)
class PrincipalOptions:
    """With whom to share, as an option of a private link."""

    principal: str = required()
    type: PrincipalType = "aws_account"
    alias: str | None = None


@dataclass(frozen=True)
class PrivateLink:
    """One wanted private link; the fields are the options of C(redis_cloud_private_link)."""

    name: str
    subscription_id: int | None = None
    region_id: int | None = None
    share_name: str | None = None
    principals: list[dict[str, t.Any]] | None = optional(item=PrincipalOptions)
    purge_principals: bool = False
    disassociate: list[str] | None = None
    state: Presence = "present"
    on_connections: t.Literal["fail", "disassociate"] = "fail"
    on_other_principals: t.Literal["fail", "keep"] = "fail"

    def __post_init__(self) -> None:
        if self.subscription_id is None:
            raise ItemError("Give subscription_id, the number of the Pro subscription.")
        if self.share_name is not None and not 0 < len(self.share_name) <= LONGEST_SHARE_NAME:
            raise ItemError(f"share_name has 1 to {LONGEST_SHARE_NAME} characters, not {len(self.share_name)}.")
        keys = [principal.key for principal in self.wanted]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ItemError(f"Principals are listed twice: {', '.join(twice)}.")
        for principal in self.wanted:
            if principal.type == "aws_account" and not re.fullmatch(r"[0-9]{12}", principal.key):
                raise ItemError(f"Not an account id of 12 digits: {principal.value!r}. Quote it, or set its type.")

    @property
    def wanted(self) -> list[Principal]:
        given = self.principals or []
        return [Principal(option["principal"], option["type"], option.get("alias")) for option in given]

    @property
    def only_ends(self) -> bool:
        """Whether something is taken away, and nothing made."""
        return self.state == "absent" or bool(self.disassociate and not self.principals and not self.share_name)

    def ends(self, connection: Connection) -> bool:
        """Whether a connection is listed as one that shall not be."""
        return bool({connection.association_id, connection.connection_id} & set(self.disassociate or []))

    @property
    def path(self) -> str:
        region = "" if self.region_id is None else f"/regions/{self.region_id}"
        return f"/subscriptions/{self.subscription_id}{region}/private-link"

    @property
    def where(self) -> str:
        region = "" if self.region_id is None else f", region {self.region_id}"
        return f"subscription {self.subscription_id}{region}"


@dataclass
class Actual:
    """What Redis Cloud shows of a link; status "" where there is none.

    ``vanished``: it was there before in this run. ``ended``: the associations that this run has ended, ``removed``: the
    principals that it has removed.
    """

    status: str = ""
    share_name: str = ""
    share_arn: str = ""
    configuration_id: str = ""
    configuration_arn: str = ""
    error: str = ""
    principals: list[Principal] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    databases: list[dict[str, t.Any]] = field(default_factory=list)
    vanished: bool = False
    ended: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, resource: t.Mapping[str, t.Any]) -> Actual:
        """From the resource of a task. One without a status says that there is no link."""
        if not resource.get("status"):
            return cls()
        return cls(
            status=str(resource["status"]),
            share_name=str(resource.get("shareName") or ""),
            share_arn=str(resource.get("shareArn") or ""),
            configuration_id=str(resource.get("resourceConfigurationId") or ""),
            configuration_arn=str(resource.get("resourceConfigurationArn") or ""),
            error=str(resource.get("errorMessage") or ""),
            principals=[_principal(principal) for principal in resource.get("principals") or []],
            connections=[_connection(connection) for connection in resource.get("connections") or []],
            databases=[_database(database) for database in resource.get("databases") or []],
        )

    @property
    def live(self) -> list[Principal]:
        return [principal for principal in self.principals if not principal.gone]

    @property
    def left(self) -> list[Principal]:
        """Those who left the share by themselves, and are listed until they are removed."""
        return [principal for principal in self.principals if principal.gone and principal.value not in self.removed]

    def as_dict(self) -> dict[str, t.Any]:
        """As the modules return it."""
        return {
            "status": self.status or "absent",
            "share_name": self.share_name,
            "share_arn": self.share_arn,
            "resource_configuration_id": self.configuration_id,
            "resource_configuration_arn": self.configuration_arn,
            "principals": [principal.as_dict() for principal in self.live],
            "connections": [connection.as_dict() for connection in self.connections],
            "databases": self.databases,
        }


def _principal(principal: t.Mapping[str, t.Any]) -> Principal:
    value, kind = str(principal.get("principal", "")), str(principal.get("type") or "")
    return Principal(value, kind, principal.get("alias"), str(principal.get("status") or ""))


def _connection(connection: t.Mapping[str, t.Any]) -> Connection:
    names = ("associationId", "connectionId", "type", "ownerId", "associationDate")
    return Connection(*(str(connection.get(name) or "") for name in names))


def _database(database: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(rlEndpoint) is a name, which may come with its port."""
    host, dummy, port = str(database.get("rlEndpoint") or "").partition(":")
    return {
        "database_id": database.get("databaseId"),
        "host": host,
        "port": database.get("port") or int(port or 0) or None,
    }


def read_links(account: RedisCloud, links: t.Sequence[PrivateLink]) -> list[Actual | ItemError]:
    """The links, in the order given; all reads are started first, since each is a task that waits for its turn."""
    started: list[Task | ItemError] = []
    for link in links:
        try:
            started.append(account.start(READ, "GET", link.path, subject=link.where))
        except ItemError as error:
            started.append(error)
    read = [task if isinstance(task, ItemError) else _read(account, task) for task in started]
    return [_with_its_subscription(link, actual) for link, actual in zip(links, read)]


def _with_its_subscription(link: PrivateLink, actual: Actual | ItemError) -> Actual | ItemError:
    """Where a subscription is gone, so is its private link, and nothing of it is left to be ended."""
    gone = isinstance(actual, ApiError) and actual.code == "404"
    return Actual(error=str(actual)) if gone and link.only_ends else actual


def _read(account: RedisCloud, task: Task) -> Actual | ItemError:
    try:
        return Actual.parse(account.result(task))
    except ApiError as error:
        return Actual() if error.code in ABSENT else error


class PrivateLinks:
    """Reads and plans private links of one account of Redis Cloud."""

    def __init__(self, account: RedisCloud) -> None:
        self.account = account
        self.seen: set[str] = set()

    def read(self, items: t.Sequence[PrivateLink], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        found: dict[str, Actual | ItemError] = dict(zip([item.name for item in items], read_links(self.account, items)))
        paths: dict[str, str] = {}
        for item in items:
            other = paths.setdefault(item.path, item.name)
            actual = found[item.name]
            if other != item.name:
                found[item.name] = ItemError(f"{other} is the same private link: {item.where}.")
            elif isinstance(actual, Actual):
                actual.ended, actual.removed = frozenset(_ended(made[item.name])), frozenset(_removed(made[item.name]))
                actual.vanished = not actual.status and item.name in self.seen
                if actual.status and actual.status != "deleting":
                    self.seen.add(item.name)
        return found

    def plan(self, item: PrivateLink, actual: Actual) -> Plan:
        plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
        plan.before = _shown(actual) if actual.status else {}
        if actual.error and actual.status != "active":
            plan.warnings.append(f"{item.name}: Redis Cloud says: {actual.error}")
        identity = {"subscription_id": item.subscription_id, "region_id": item.region_id}
        plan.result = {**actual.as_dict(), **identity, **plan.result}
        return plan


def plan_present(item: PrivateLink, actual: Actual) -> Plan:
    if actual.vanished:
        raise ItemError(f"The private link of {item.where} was deleted during this run. Run again to make it anew.")
    if actual.status in ("", "deleting"):
        if item.only_ends:
            return Plan()  # with the link its connections have ended
        return _plan_create(item, "the old private link to be gone" if actual.status else "")
    _check_possible(item, actual)
    plan = Plan(after=_shown(actual))
    starting = "" if actual.status == "active" else f"the private link to be active ({actual.status})"
    changes = [*_plan_principals(item, actual, plan), *_plan_disassociate(item, actual, plan)]
    changes.sort(key=lambda change: bool(change.after))  # what can be done now is not held up
    plan.changes = [_later(change, starting) for change in changes]
    plan.waiting = starting or _moving(item, actual)
    wanted = {principal.key for principal in item.wanted}
    associating = [principal for principal in actual.principals if principal.status == "associating"]
    invited = [principal.value for principal in associating if principal.key in wanted]
    if invited and not plan.waiting:
        plan.waiting, plan.poll = f"{', '.join(invited)} to accept the share in AWS", False
    return plan


def _moving(item: PrivateLink, actual: Actual) -> str:
    """What Redis Cloud is still about to do."""
    coming = [principal.value for principal in actual.principals if principal.status == "initializing"]
    purged = actual.principals if item.purge_principals else []
    leaving = [principal.value for principal in purged if principal.status == "disassociating"]
    ending = [str(connection) for connection in actual.connections if connection.association_id in actual.ended]
    if coming:
        return f"{', '.join(coming)} to be shared with"
    return f"{', '.join(leaving)} to be removed" if leaving else f"{', '.join(ending)} to end" if ending else ""


def _plan_create(item: PrivateLink, after: str) -> Plan:
    """The share is made with the first principal; others can join once the link is active."""
    principals = item.wanted
    if not item.share_name or not principals:
        raise ItemError(f"There is no private link in {item.where}. To create it give share_name and principals.")
    plan = Plan(waiting=after)
    first = {"shareName": item.share_name, **_body(principals[0])}
    params = {"method": "POST", "path": item.path, "body": first}
    # One that appeared meanwhile is found by the next read, and held against the options.
    settled = ("PRIVATE_LINK_ALREADY_EXISTS",)
    plan.changes = [Change(CREATE, params, f"create in {item.where}", after, settled)]
    plan.changes += [_later(_add(item, principal), "the private link to be active") for principal in principals[1:]]
    plan.after = {"share_name": item.share_name, "principals": sorted(principal.key for principal in principals)}
    unknown = ("share_arn", "resource_configuration_id", "resource_configuration_arn")
    plan.result = {**dict.fromkeys(unknown, UNKNOWN), "share_name": item.share_name}
    return plan


def _refuse_other_share(item: PrivateLink, actual: Actual) -> None:
    """Raise ItemError for a private link whose share has another name: somebody else has made it."""
    if item.share_name and actual.share_name and item.share_name != actual.share_name:
        raise ItemError(
            f"The share of {item.where} is named {actual.share_name!r}, not {item.share_name!r}: it is another one, "
            "and was not removed. Give its own name as share_name if it is meant."
        )


def _check_possible(item: PrivateLink, actual: Actual) -> None:
    if actual.status in ("failed", "error"):
        raise ItemError(
            f"The private link of {item.where} is {actual.status}: {actual.error or 'no reason given'}. "
            "Remove it by state=absent, then create it again."
        )
    if item.share_name and actual.share_name and item.share_name != actual.share_name:
        raise ItemError(
            f"The share of {item.where} is named {actual.share_name!r} and cannot be renamed to {item.share_name!r}. "
            "Leave the name as it is, or remove the private link by state=absent and create it anew, which ends its "
            "connections."
        )


def _plan_principals(item: PrivateLink, actual: Actual, plan: Plan) -> list[Change]:
    """Add who is missing, remove strangers if told so; who is there already is never touched."""
    present = {principal.key: principal for principal in actual.live}
    wanted = {principal.key: principal for principal in item.wanted}
    changes = []
    for key, principal in wanted.items():
        if key not in present:
            # One that left by itself is still listed, and would not be shared with again.
            changes += [_remove(item, old) for old in actual.left if old.key == key]
            changes.append(_add(item, principal))
            continue
        known = present[key]
        if known.status == "failed":
            reason = f": {actual.error}" if actual.error else ""
            raise ItemError(
                f"Sharing with {known.value} has failed{reason}. An invitation that was rejected or has expired "
                "must be sent again: run once with purge_principals and without this principal, then with it."
            )
        if known.status == "disassociating":
            changes.append(_later(_add(item, principal), f"{known.value} to be removed"))
        if (principal.type, principal.alias or known.alias) != (known.type or principal.type, known.alias):
            plan.warnings.append(
                f"{item.name}: {known.value} is there with the type {known.type} and the alias {known.alias!r}, which "
                "Redis Cloud cannot change; it is left as it is."
            )
    if item.purge_principals and item.principals is not None:
        strangers = [principal for key, principal in present.items() if key not in wanted]
        changes += [_remove(item, principal) for principal in strangers if principal.status != "disassociating"]
        present = {key: principal for key, principal in present.items() if principal not in strangers}
    plan.after["principals"] = sorted({*present, *wanted})
    return changes


def _plan_disassociate(item: PrivateLink, actual: Actual, plan: Plan) -> list[Change]:
    """End the connections that shall not be. An id that is not connected is as it shall be."""
    ending = [connection for connection in actual.connections if item.ends(connection)]
    plan.after["connections"] = sorted(str(connection) for connection in actual.connections if connection not in ending)
    return _disassociate(item, ending, actual.ended)


def plan_absent(item: PrivateLink, actual: Actual) -> Plan:
    """Connections, then principals, then the link: each step only once the one before it has taken effect."""
    plan = Plan()
    if not actual.status:
        return plan
    _refuse_other_share(item, actual)
    if actual.status == "deleting":
        plan.waiting = "the private link to be gone"
        return plan
    listed = {principal.key for principal in item.wanted}
    strangers = [principal.value for principal in actual.live if principal.key not in listed]
    if strangers and not item.purge_principals:
        return plan_leave(item, actual, strangers)
    serving = [connection for connection in actual.connections if connection.association_id not in actual.ended]
    left = [connection for connection in serving if not item.ends(connection)]
    if left and item.on_connections == "fail":
        raise ItemError(
            f"The private link of {item.where} still has connections: {', '.join(map(str, left))}. Remove them first, "
            "or set on_connections=disassociate."
        )
    starting = "the private link to be ready" if actual.status == "initializing" else ""
    plan.waiting = starting
    plan.changes = [_later(change, starting) for change in _disassociate(item, actual.connections, actual.ended)]
    after = starting or ("its connections to end" if actual.connections else "")
    removable = [principal for principal in actual.live if principal.status != "disassociating"]
    plan.changes += [_later(_remove(item, principal), after) for principal in [*removable, *actual.left]]
    after = after or ("its principals to be gone" if actual.live or actual.left else "")
    params = {"method": "DELETE", "path": item.path}
    plan.changes.append(Change(DELETE, params, f"delete in {item.where}", after, ABSENT))
    return plan


def plan_leave(item: PrivateLink, actual: Actual, others: t.Sequence[str]) -> Plan:
    """Others use the private link too: it stays, and only what is listed goes."""
    shared = f"The private link of {item.where} is shared with others: {', '.join(others)}."
    if item.on_other_principals == "fail":
        raise ItemError(
            f"{shared} To remove it, list them in principals, or set purge_principals; to leave it to them, set "
            "on_other_principals=keep."
        )
    ended = [connection for connection in actual.connections if item.ends(connection)]
    plan = Plan(_disassociate(item, ended, actual.ended), after=_shown(actual), warnings=[f"{shared} So it stays."])
    listed = {principal.key for principal in item.wanted}
    leaving = [principal for principal in actual.live if principal.key in listed]
    after = "its connections to end" if ended else ""
    removable = [principal for principal in leaving if principal.status != "disassociating"]
    plan.changes += [_later(_remove(item, principal), after) for principal in removable]
    plan.waiting = "its principals to be gone" if leaving and not removable else ""
    plan.after["principals"] = sorted(principal.key for principal in actual.live if principal.key not in listed)
    plan.after["connections"] = sorted(str(connection) for connection in actual.connections if connection not in ended)
    return plan


def _add(item: PrivateLink, principal: Principal) -> Change:
    params = {"method": "POST", "path": f"{item.path}/principals", "body": _body(principal)}
    settled = ("PRIVATE_LINK_PRINCIPAL_ALREADY_EXISTS",)
    return Change(ADD, params, f"{principal.value} in {item.where}", settled_by=settled)


def _remove(item: PrivateLink, principal: Principal) -> Change:
    params = {"method": "DELETE", "path": f"{item.path}/principals", "body": {"principal": principal.value}}
    settled = ("PRIVATE_LINK_PRINCIPAL_NOT_FOUND", *ABSENT)
    return Change(REMOVE, params, f"{principal.value} in {item.where}", settled_by=settled)


def _disassociate(item: PrivateLink, connections: t.Sequence[Connection], ended: frozenset[str]) -> list[Change]:
    """One call for all connections that this run has not ended before: those are only on their way out."""
    left = [connection for connection in connections if connection.association_id not in ended]
    left.sort(key=lambda connection: connection.association_id)
    if not left:
        return []
    body = {"connections": [connection.body for connection in left]}
    params = {"method": "POST", "path": f"{item.path}/connections/disassociate", "body": body}
    return [Change(DISASSOCIATE, params, f"{', '.join(map(str, left))} in {item.where}", settled_by=ABSENT)]


def _ended(made: Made) -> t.Iterator[str]:
    """The associations that calls of this run have named."""
    for change in made.changes:
        if change.action == DISASSOCIATE:
            yield from (connection["associationId"] for connection in change.params["body"]["connections"])


def _removed(made: Made) -> t.Iterator[str]:
    """The principals that calls of this run have removed."""
    yield from (change.params["body"]["principal"] for change in made.changes if change.action == REMOVE)


def _later(change: Change, after: str) -> Change:
    """The change, to be made only once ``after`` is true; as it is where that is nothing."""
    return Change(change.action, change.params, change.summary, change.after or after, change.settled_by)


def _body(principal: Principal) -> dict[str, str]:
    body = {"principal": principal.value, "type": principal.type}
    return {**body, "alias": principal.alias} if principal.alias else body


def _shown(actual: Actual) -> dict[str, t.Any]:
    """What the diff compares."""
    return {
        "share_name": actual.share_name,
        "principals": sorted(principal.key for principal in actual.live),
        "connections": sorted(map(str, actual.connections)),
    }
