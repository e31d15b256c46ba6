# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private links of Fivetran: read, create, change, delete.

This module util is PRIVATE to the collection.

Fivetran has no tags, so a private link is told from others by its exact name, and its id where that is given. What has
the name and is another one by its region, service or config is left alone. Sources: open-api-spec.json of the Terraform
provider fivetran/fivetran, commit 4d1b48e; its docs/resources/private_link.md has the rule for names (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Made,
    Plan,
    meant_twice,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran import (
    CREATE_LINK,
    LIMITED,
    LOST,
    ApiError,
    Fivetran,
    LimitReached,
    Object,
    Pause,
    Request,
    check_id,
    path_of,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_facts import CONFIG, REGIONS
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_limits import LINKS, seconds_of

LINKS_PATH = "private-links"
LIST, READ = "fivetran:ListPrivateLinks", "fivetran:GetPrivateLink"
UPDATE, DELETE = "fivetran:UpdatePrivateLink", "fivetran:DeletePrivateLink"
USERS = {"destination": "fivetran:ListDestinations", "connection": "fivetran:ListConnections"}
MADE_MEANWHILE = "made meanwhile"
LOOKS = 4  # for what a creation without an answer may have made
NAME = r"[A-Za-z_][A-Za-z0-9_]{0,22}"
SERVICE_NAME = r"com\.amazonaws\.vpce\.([a-z0-9-]+)\.vpce-svc-[0-9a-f]{17}"
ACCOUNT_ID = "[0-9]{12}"
OK, FAIL, DESTROYING = "OK", "FAIL", "DESTROYING"
ServiceName = t.Literal["SOURCE_AWS", "DATABRICKS_AWS", "REDSHIFT_AWS", "SNOWFLAKE_AWS"]
FIELDS = ("region", "service", "state_summary", "host", "resource_upstream_status", "created_at", "config")


@dataclass(frozen=True)
class PrivateLink:
    """One wanted private link; the fields are the options of C(fivetran_private_link)."""

    name: str
    private_link_id: str | None = None
    region: str | None = None
    service: ServiceName | None = None
    connection_service_name: str | None = None
    aws_account_id: str | None = None
    cluster_identifier: str | None = None
    account_url: str | None = None
    vpce_id: str | None = None
    update_config: bool = False
    any_name: bool = False
    state: Presence = "present"

    def __post_init__(self) -> None:
        check_id("private_link_id", self.private_link_id)
        if self.state == "present" and not self.private_link_id and not self.any_name:
            _check_name(self.name)
        if self.region is not None and self.region not in REGIONS:
            raise ItemError(f"region: {self.region!r} is none that Fivetran connects in: {', '.join(REGIONS)}.")
        self._check_members()
        self._check_service_name()
        if self.aws_account_id is not None and not is_of_form(ACCOUNT_ID, self.aws_account_id):
            raise ItemError(f"aws_account_id: {self.aws_account_id!r} is no account id of 12 digits. Quote it.")

    @property
    def kind(self) -> str:
        return self.service or "SOURCE_AWS"

    @property
    def config(self) -> dict[str, str]:
        """What is given of the API's config."""
        members = sorted({member for needed in CONFIG.values() for member in needed})
        given = {member: getattr(self, member) for member in members}
        return {member: value for member, value in given.items() if value is not None}

    def _check_members(self) -> None:
        given, needed = self.config, CONFIG[self.kind]
        wrong = [member for member in given if member not in needed]
        if wrong:
            raise ItemError(f"{', '.join(wrong)} does not belong to service {self.kind}, which takes {_and(needed)}.")
        missing = [member for member in needed if not given.get(member)]
        if given and missing:
            raise ItemError(f"service {self.kind} takes {_and(needed)}: give {_and(missing)}, too.")

    def _check_service_name(self) -> None:
        """The name of an endpoint service, and of the region that is meant."""
        name = self.connection_service_name
        if name is None:
            return
        if not is_of_form(SERVICE_NAME, name):
            raise ItemError(
                f"connection_service_name: {name!r} is no name of an endpoint service, as in "
                "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0."
            )
        found = name.split(".")[3]
        if self.region is not None and found != self.region:
            raise ItemError(
                f"connection_service_name is of {found}, and region is {self.region}: one of them is wrong."
            )


def _check_name(name: str) -> None:
    if not is_of_form(NAME, name):
        raise ItemError(
            f"name: {name!r} breaks Fivetran's rule for private links: a letter or _, then letters, digits and _, 23 "
            "characters at most. If Fivetran takes it all the same, as one of its tutorials has it, set any_name=true."
        )


def _and(names: t.Sequence[str]) -> str:
    return " and ".join(names)


@dataclass
class Actual:
    """What Fivetran has of an item.

    ``pause``: why nothing can be made now, or with ``unread`` not even told. ``leaving``: an old one of the name is on
    its way out. ``vanished``: it was there before in this run. ``users``: what uses one that shall go.
    """

    thing: Object | None = None
    pause: Pause | None = None
    unread: bool = False
    leaving: bool = False
    vanished: bool = False
    users: t.Sequence[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        return str((self.thing or {}).get("state") or "")


class PrivateLinks:
    """Reads and plans private links of one account."""

    def __init__(self, account: Fivetran) -> None:
        self.account = account
        self.seen: set[str] = set()
        self.known: set[str] = set()
        self._users: dict[str, list[str]] | None = None  # of private links by their ids, as of this round

    def read(self, items: t.Sequence[PrivateLink], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        try:
            listed = self.listed()
        except LimitReached as error:
            return {item.name: Actual(pause=error.pause, unread=True) for item in items}
        self._users = None
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._actual(item, listed, made[item.name])
            except LimitReached as error:
                found[item.name] = Actual(pause=error.pause, unread=True)
            except ItemError as error:
                found[item.name] = error
        meant = {name: actual.thing for name, actual in found.items() if isinstance(actual, Actual) and actual.thing}
        found.update(meant_twice({name: told(thing) for name, thing in meant.items()}))
        self._leave_room(items, found)
        return found

    def listed(self) -> list[Object]:
        """All private links of the account; when they were made counts against the limit of creations."""
        listed = self.account.all_of(LIST, LINKS_PATH)
        for thing in listed:
            self._count(thing)
        self.known.update(str(thing["id"]) for thing in listed)
        return listed

    def listed_in_full(self) -> list[Object]:
        """All private links, each with its config, which the list may leave out."""
        return [thing if "config" in thing else self._single(thing) or thing for thing in self.listed()]

    def _count(self, thing: Object) -> None:
        moment = seconds_of(thing.get("created_at"))
        if moment is not None:
            self.account.limits.count(LINKS, thing.get("id"), moment)

    def _actual(self, item: PrivateLink, listed: t.Sequence[Object], made: Made) -> Actual:
        thing = self._find(item, listed, made)
        if thing is None:
            return Actual(vanished=item.state == "present" and item.name in self.seen and DELETE not in made)
        leaving = thing.get("state") == DESTROYING
        if leaving and item.state == "present":
            return Actual(leaving=True)
        if thing in listed:
            self.seen.add(item.name)
        if thing.get("config") is None and not leaving:  # lists may leave it out
            thing = self._single(thing) or thing
        users = self.users_of(str(thing["id"])) if item.state == "absent" and not leaving and DELETE not in made else []
        return Actual(thing, users=users)

    def _find(self, item: PrivateLink, listed: t.Sequence[Object], made: Made) -> Object | None:
        """The private link that is meant. Raises ItemError where a name alone does not tell."""
        created = made.get(CREATE_LINK) or {}
        wanted = created.get("id") or item.private_link_id
        if wanted:
            found = [thing for thing in listed if thing["id"] == wanted]
            young = not found and bool(created) and item.name not in self.seen
            return (self._single(created) or created) if young else next(iter(found), None)
        named = [thing for thing in listed if thing.get("name") == item.name]
        staying = [thing for thing in named if thing.get("state") != DESTROYING]
        if len(staying) > 1:
            raise ItemError(
                f"More than one private link is named {item.name}: {', '.join(sorted(map(told, staying)))}. Say which "
                "is meant with private_link_id."
            )
        return next(iter([*staying, *named]), None)

    def _single(self, thing: Object) -> Object | None:
        try:
            return self.account.call(Request(READ, "GET", path_of(LINKS_PATH, str(thing["id"]))))
        except ApiError as error:
            if error.code == "404":
                return None
            raise

    def users_of(self, link_id: str) -> list[str]:
        """The destinations, and the connections, that use a private link."""
        if self._users is None:
            found: dict[str, list[str]] = {}
            for kind, action in USERS.items():
                for user in self.account.all_of(action, f"{kind}s"):
                    words = f"{kind} {user['id']} ({user.get('service')})"
                    found.setdefault(str(user.get("private_link_id")), []).append(words)
            self._users = found
        return self._users.get(link_id, [])

    def _leave_room(self, items: t.Sequence[PrivateLink], found: dict[str, Actual | ItemError]) -> None:
        """Tell each item that would be made one too many in this hour, all items together, when it can be."""
        further = 0
        for item in items:
            actual = found[item.name]
            if item.state == "absent" or not isinstance(actual, Actual) or actual.thing or actual.pause:
                continue
            if not actual.leaving and not actual.vanished:
                actual.pause = self.account.pause_of(LINKS, further)
                further += 1

    def plan(self, item: PrivateLink, actual: Actual) -> Plan:
        pause = actual.pause
        if pause:
            known = {} if actual.unread else {"status": "absent"}
            return Plan(waiting=str(pause), poll=False, result={**known, "continue_after": pause.stamp})
        plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
        plan.before = _shown(actual.thing)
        plan.result = {**as_dict(actual.thing), "continue_after": "", **plan.result}
        return plan

    def apply(self, change: Change) -> Object:
        """Make a planned call. A creation is made once what it makes was looked for in vain, and never made again."""
        if change.action == DELETE:
            return self._delete(change)
        if change.action != CREATE_LINK:
            return self.account.apply(change)
        name = change.params["body"]["name"]
        with self.account.alone(f"{LINKS_PATH} {name}"):
            if self._new(name):
                raise ApiError(change.action, MADE_MEANWHILE, "another run has made it meanwhile", change.summary)
            try:
                answer = self.account.apply(change)
            except ApiError as error:
                if not error.lost:
                    raise
                self.account.progress(f"{name}: no answer; looking whether it was made all the same")
                answer = self._look_for(name, error)
        self._count(answer)
        return answer

    def _new(self, name: str) -> Object | None:
        """One of the name that was not there when the creation was planned."""
        listed = self.account.all_of(LIST, LINKS_PATH)
        return next((thing for thing in listed if thing.get("name") == name and thing["id"] not in self.known), None)

    def _look_for(self, name: str, error: ApiError) -> Object:
        """What a creation without an answer has made; several times, as the list may lag behind. Raises ``error``."""
        for look in range(LOOKS):
            found = self._new(name)
            if found:
                return found
            self.account.clock.sleep(2.0**look)
        raise error

    def _delete(self, change: Change) -> Object:
        try:
            return self.account.apply(change)
        except ApiError as error:
            if error.code != "409":
                raise
            self._users = None
            users = self.users_of(change.params["path"].rpartition("/")[2])
            used = f"used by {', '.join(users)}" if users else "used by something that Fivetran does not list"
            raise ItemError(f"{error} It is {used}. Switch that to another network first.") from None


def plan_present(item: PrivateLink, actual: Actual) -> Plan:
    if actual.vanished:
        raise ItemError(f"Private link {item.name} was deleted during this run. Run again to make it anew.")
    if actual.thing is None:
        return _plan_create(item, actual)
    thing = actual.thing
    refuse_another(item, thing, "It was left as it is.")
    plan = Plan(after=_shown(thing))
    different = _differences(item, thing)
    if different and not item.update_config:
        raise ItemError(
            f"{told(thing)} has {_words(_config(thing))}, not {_words(different)}. Set update_config=true to change "
            "that, which ends its connection and asks for another; or give this one another name."
        )
    if actual.state == FAIL and not different:
        raise ItemError(
            f"{told(thing)} has failed: {str(thing.get('state_summary') or 'no reason given').rstrip('.')}. Mend that, "
            "remove the private link by state=absent, and make it again, which counts against the limit of an hour.",
            as_dict(thing),
        )
    moving = "" if actual.state in (OK, FAIL) else f"{told(thing)} to be OK ({_progress(thing)})"
    plan.waiting = moving
    if different:
        # The other members of its config stay; only what Fivetran does not tell cannot be kept.
        params = {"method": "PATCH", "path": path_of(LINKS_PATH, str(thing["id"])), "body": {"config": item.config}}
        summary = f"change {told(thing)}: {', '.join(different)}"
        plan.changes = [Change(UPDATE, params, summary, after=moving, outdated_by=(LIMITED, LOST))]
        plan.after = {**_shown(thing), "config": {**_config(thing), **item.config}}
    if _config(thing) == {} and item.config:
        plan.warnings.append(f"{item.name}: Fivetran does not tell the config of {told(thing)}: it was not compared.")
    return plan


def _plan_create(item: PrivateLink, actual: Actual) -> Plan:
    if item.private_link_id:
        raise ItemError(f"The account has no private link {item.private_link_id}. Leave the id out to make one.")
    needed = ["region", *CONFIG[item.kind]]
    missing = [option for option in needed if not getattr(item, option)]
    if missing:
        raise ItemError(
            f"There is no private link {item.name}. To make one of service {item.kind}, give {_and(missing)}."
        )
    region = REGIONS[str(item.region)]
    body = {"name": item.name, "region": region, "service": item.kind, "config": item.config}
    params = {"method": "POST", "path": LINKS_PATH, "body": body}
    leaving = "the old private link to be gone" if actual.leaving else ""
    change = Change(CREATE_LINK, params, f"create {item.name}", leaving, outdated_by=(LIMITED, MADE_MEANWHILE))
    unknown = dict.fromkeys(("private_link_id", "host"), UNKNOWN)
    return Plan([change], after=dict(body), waiting=leaving, result={**unknown, "region": region, "service": item.kind})


def plan_absent(item: PrivateLink, actual: Actual) -> Plan:
    plan, thing = Plan(), actual.thing
    if thing is None:
        return plan
    refuse_another(item, thing, "It stays.")
    if _differences(item, thing):
        raise ItemError(
            f"{told(thing)} has {_words(_config(thing))}, not {_words(item.config)}: it is another one, and stays."
        )
    if actual.state == DESTROYING:
        plan.waiting = f"{told(thing)} to be gone"
        return plan
    if actual.users:
        raise ItemError(f"{told(thing)} is used by {', '.join(actual.users)}. Switch that to another network first.")
    params = {"method": "DELETE", "path": path_of(LINKS_PATH, str(thing["id"]))}
    plan.changes = [Change(DELETE, params, f"delete {told(thing)}", settled_by=("404",), outdated_by=(LIMITED, LOST))]
    return plan


def refuse_another(item: PrivateLink, thing: Object, what: str) -> None:
    """Raise ItemError where what was found is another private link than the one meant, perhaps somebody else's."""
    wanted = {"region": REGIONS.get(item.region or ""), "service": item.service}
    if item.config and not item.service:
        wanted["service"] = item.kind
    if item.private_link_id and thing.get("name") != item.name:
        wanted["name"] = item.name
    for member, wish in wanted.items():
        if wish and thing.get(member) and thing[member] != wish:
            raise ItemError(
                f"{told(thing)} has {member} {thing[member]}, not {wish}, and Fivetran cannot change that: it is "
                f"another one. {what}"
            )


def _differences(item: PrivateLink, thing: Object) -> dict[str, str]:
    """What is wanted of its config and is otherwise; what Fivetran does not tell is not compared."""
    config = _config(thing)
    return {member: value for member, value in item.config.items() if config.get(member) not in (None, value)}


def _config(thing: Object) -> dict[str, t.Any]:
    config = thing.get("config")
    return dict(config) if isinstance(config, dict) else {}


def _words(members: t.Mapping[str, t.Any]) -> str:
    return (
        ", ".join(f"{member} {value}" for member, value in sorted(members.items())) or "no config that Fivetran tells"
    )


def _progress(thing: Object) -> str:
    summary = str(thing.get("state_summary") or "").rstrip(".")
    return f"{thing.get('state') or 'no state told'}{f': {summary}' if summary else ''}"


def told(thing: Object) -> str:
    """A private link as messages name it."""
    return f"private link {thing.get('name')} ({thing.get('id')})"


def _shown(thing: Object | None) -> dict[str, t.Any]:
    """What the diff compares."""
    return {name: thing.get(name) for name in ("name", "region", "service", "config")} if thing else {}


def as_dict(thing: Object | None) -> dict[str, t.Any]:
    """As the modules return it."""
    if not thing:
        return {"status": "absent"}
    shown = {"private_link_id": thing.get("id"), **{name: thing.get(name) for name in FIELDS}}
    return {**shown, "config": _config(thing), "status": thing.get("state")}
