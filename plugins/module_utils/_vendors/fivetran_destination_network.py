# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which network a destination of Fivetran uses, and whether it is reached: switched as one, then tested.

This module util is PRIVATE to the collection.

C(networking_method), C(private_link_id) and the word in the destination's own config go together, and are sent together
with the setup tests to run, so that no destination is switched and left untested. Secrets come back masked: they are
never compared and never sent. Sources: open-api-spec.json of the Terraform provider fivetran/fivetran, commit 4d1b48e,
fivetran/terraform-provider-fivetran#433, and Fivetran's guide "AWS PrivateLink" (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Made, Plan, meant_twice
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran import (
    LIMITED,
    LOST,
    RUN_TESTS,
    UPDATE_DESTINATION,
    ApiError,
    Fivetran,
    LimitReached,
    Object,
    Pause,
    Request,
    check_id,
    path_of,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_facts import DESTINATIONS, Destination
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_limits import TESTS
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_private_link import (
    DESTROYING,
    FAIL,
    LINKS_PATH,
    LIST,
    OK,
    told,
)

PATH = "destinations"
READ, READ_GROUP = "fivetran:GetDestination", "fivetran:GetGroup"
LIST_ALL = "fivetran:ListDestinations"
PRIVATE, DIRECT = "PrivateLink", "Directly"
CONNECTED = "CONNECTED"
PASSED = ("PASSED", "SKIPPED", "WARNING")  # the words of tests that are no failure
MASKED = "******"
TLS = "always_encrypted"
OWN_OPTIONS = ("connection_type", "connection_method", TLS)  # members of config that are options here
REWRITTEN = ("server_host_name", "cloud_provider")  # by Fivetran, in its own words
CLEAR_TEXT = (
    "require_tls is off: Fivetran tries TLS first and, where that fails, sends in clear text through the private link. "
    "Leave it on unless the database cannot do TLS."
)


@dataclass(frozen=True)
class DestinationNetwork:
    """The network that a destination shall use; the fields are the options of C(fivetran_destination_network)."""

    name: str
    destination_id: str | None = None
    service: str | None = None
    networking_method: t.Literal["PrivateLink", "Directly"] = "PrivateLink"
    private_link_id: str | None = None
    require_tls: bool = True
    config: dict[str, t.Any] | None = None
    replace: bool = False
    setup_tests: t.Literal["auto", "always", "never"] = "auto"
    trust_certificates: bool = False
    trust_fingerprints: bool = False

    def __post_init__(self) -> None:
        if not self.destination_id:
            raise ItemError("Give destination_id, which is the id of the destination's group, too.")
        check_id("destination_id", self.destination_id)
        check_id("private_link_id", self.private_link_id)
        if self.networking_method == PRIVATE and not self.private_link_id:
            raise ItemError("Give private_link_id, as fivetran_private_link returns it.")
        if self.service is not None and self.service not in DESTINATIONS:
            raise ItemError(
                f"service: {self.service!r} is none that AWS PrivateLink reaches: {', '.join(DESTINATIONS)}."
            )
        own = sorted(set(OWN_OPTIONS) & set(self.config or {}))
        if own:
            raise ItemError(f"config: {', '.join(own)} follows from networking_method and require_tls. Leave it out.")
        masked = sorted(member for member, value in (self.config or {}).items() if value == MASKED)
        if masked:
            raise ItemError(f"config: {', '.join(masked)} is a masked secret, which would be lost. Leave it out.")

    @property
    def path(self) -> str:
        return path_of(PATH, str(self.destination_id))


@dataclass
class Actual:
    """What Fivetran has of an item.

    ``link`` is the private link that it shall use, where that is not in use yet. ``runs`` are the setup tests of this
    run, in order. ``switched``: this run has changed the network, or may have. ``pause``: why nothing can be told now,
    ``no_tests``: why none can be run.
    """

    thing: Object | None = None
    link: Object | None = None
    runs: t.Sequence[t.Sequence[Object]] = field(default_factory=list)
    switched: bool = False
    pause: Pause | None = None
    no_tests: Pause | None = None

    @property
    def service(self) -> str:
        return str((self.thing or {}).get("service") or "")

    @property
    def words(self) -> Destination:
        return DESTINATIONS[self.service]

    @property
    def status(self) -> str:
        """Written large or small, as it comes."""
        return str((self.thing or {}).get("setup_status") or "").upper()


class DestinationNetworks:
    """Reads and plans the networks of one account's destinations."""

    def __init__(self, account: Fivetran) -> None:
        self.account = account
        self.unsure: set[str] = set()  # paths of destinations that a call without an answer may have switched

    def read(self, items: t.Sequence[DestinationNetwork], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        found: dict[str, Actual | ItemError] = {}
        links: list[Object] = []
        twice = meant_twice({item.name: f"destination {item.destination_id}" for item in items})
        for item in items:
            try:
                if item.name in twice:
                    raise twice[item.name]
                found[item.name] = self._actual(item, made[item.name], links)
            except LimitReached as error:
                found[item.name] = Actual(pause=error.pause)
            except ItemError as error:
                found[item.name] = error
                if isinstance(error, ApiError) and error.code in ("401", ""):  # wrong keys, or nobody there
                    return dict.fromkeys([item.name for item in items], error)
        return found

    def _actual(self, item: DestinationNetwork, made: Made, links: list[Object]) -> Actual:
        """``links`` is filled when it is first needed: one list serves all items."""
        actual = Actual(self._destination(item))
        answers = [made[action] for action in (UPDATE_DESTINATION,) if action in made]
        runs = [answer["setup_tests"] for answer in answers if answer.get("setup_tests")]
        actual.runs = [*runs, *self.runs_of(made)]
        actual.switched = UPDATE_DESTINATION in made or item.path in self.unsure
        actual.no_tests = self.account.pause_of(TESTS)
        if item.networking_method == PRIVATE and (actual.thing or {}).get("private_link_id") != item.private_link_id:
            links[:] = links or self.account.all_of(LIST, LINKS_PATH)
            actual.link = next((link for link in links if link["id"] == item.private_link_id), None)
        return actual

    @staticmethod
    def runs_of(made: Made) -> list[t.Sequence[Object]]:
        """The results of the setup tests that were run by themselves; the last alone is kept, after each before it."""
        count = sum(change.action == RUN_TESTS for change in made.changes)
        last = made.get(RUN_TESTS) or {}
        return [last.get("setup_tests") or []] * count

    def _destination(self, item: DestinationNetwork) -> Object:
        """Raises ItemError in clear words where there is none."""
        try:
            return self.account.call(Request(READ, "GET", item.path, subject=item.name))
        except ApiError as error:
            if error.code != "404":
                raise
        try:
            group = self.account.call(
                Request(READ_GROUP, "GET", path_of("groups", str(item.destination_id)), subject=item.name)
            )
        except ApiError as error:
            if error.code != "404":
                raise
            raise ItemError(
                f"The account has neither a destination nor a group {item.destination_id}. Take the id from Fivetran's "
                "dashboard, of the account that the key belongs to."
            ) from None
        raise ItemError(
            f"Group {group.get('name')} ({item.destination_id}) has no destination yet. It is made in Fivetran first."
        )

    def plan(self, item: DestinationNetwork, actual: Actual) -> Plan:
        if actual.pause:
            return Plan(waiting=str(actual.pause), poll=False, result={"continue_after": actual.pause.stamp})
        plan = plan_network(item, actual)
        plan.before = shown(actual.thing)
        plan.result = {**as_dict(actual.thing), "setup_tests": tests_of(actual), "continue_after": "", **plan.result}
        return plan

    def apply(self, change: Change) -> Object:
        """Make a planned call. One without an answer leaves it open whether the tests have been run."""
        try:
            return self.account.apply(change)
        except ApiError as error:
            if error.lost and change.action == UPDATE_DESTINATION:
                self.unsure.add(str(change.params["path"]))
            raise


def plan_network(item: DestinationNetwork, actual: Actual) -> Plan:
    _check_destination(item, actual)
    plan = Plan(after=shown(actual.thing))
    thing = actual.thing or {}
    if item.networking_method == DIRECT and _uses_another(item, thing):
        plan.warnings = [
            f"{item.name}: destination {item.destination_id} uses private link {thing.get('private_link_id')}, not "
            f"{item.private_link_id}: it is left as it is."
        ]
        return plan
    if not item.require_tls:
        plan.warnings.append(f"{item.name}: {CLEAR_TEXT}")
    config, unknown = _wanted_config(item, actual)
    if unknown:
        plan.warnings.append(f"{item.name}: not changed in config, for Fivetran masks it: {', '.join(unknown)}.")
    if _differs(item, actual, config):
        return _plan_switch(item, actual, plan, config)
    return _plan_tests(item, actual, plan)


def _check_destination(item: DestinationNetwork, actual: Actual) -> None:
    """Raise ItemError for a destination that AWS PrivateLink cannot serve, or that is another one than meant."""
    service, region = actual.service, str((actual.thing or {}).get("region") or "")
    named = f"Destination {item.destination_id}"
    if item.service and service != item.service:
        raise ItemError(f"{named} is of service {service}, not {item.service}: it is another one, and left as it is.")
    if service not in DESTINATIONS:
        raise ItemError(f"{named} is of service {service}, which AWS PrivateLink does not reach from Fivetran.")
    if item.networking_method == PRIVATE and region and not region.startswith("AWS_"):
        raise ItemError(
            f"{named} is processed in {region}. AWS PrivateLink needs AWS as the Cloud service provider in the "
            "destination's setup form."
        )
    if not item.require_tls and not actual.words.tls:
        raise ItemError(f"{named} is of service {service}, which always uses TLS: leave require_tls on.")
    if item.networking_method == DIRECT and not actual.words.direct:
        raise ItemError(f"{named}: how {service} is told to connect directly is not published. Switch it in Fivetran.")


def _uses_another(item: DestinationNetwork, thing: Object) -> bool:
    """Whether a destination that shall leave a private link uses another one."""
    return bool(item.private_link_id) and thing.get("private_link_id") not in (None, "", item.private_link_id)


def _wanted_config(item: DestinationNetwork, actual: Actual) -> tuple[dict[str, t.Any], list[str]]:
    """The members of config that are wanted, without those that are masked now; and the names of these."""
    words, present = actual.words, _config(actual.thing)
    word = words.private if item.networking_method == PRIVATE else words.direct
    wanted = {words.field: word, **({TLS: item.require_tls} if words.tls else {}), **(item.config or {})}
    masked = sorted(member for member in wanted if present.get(member) == MASKED)
    return {member: value for member, value in wanted.items() if member not in masked}, masked


def _differs(item: DestinationNetwork, actual: Actual, config: Object) -> bool:
    """What Fivetran rewrites, masks or leaves out is not compared."""
    thing, present = actual.thing or {}, _config(actual.thing)
    link = thing.get("private_link_id") or None
    if link != (item.private_link_id if item.networking_method == PRIVATE else None):
        return True
    if (thing.get("networking_method") or item.networking_method) != item.networking_method:
        return True
    own = (actual.words.field, TLS)
    return any(
        _unlike(present.get(member), value) if member in present else member not in own
        for member, value in config.items()
        if member not in REWRITTEN
    )


def _unlike(found: t.Any, wanted: t.Any) -> bool:
    """A port comes as a number or a text, and a word in any case."""
    return found is not None and str(found).lower() != str(wanted).lower()


def _plan_switch(item: DestinationNetwork, actual: Actual, plan: Plan, config: Object) -> Plan:
    thing, words = actual.thing or {}, actual.words
    _check_consent(item, thing)
    waits = _check_link(item, actual, plan) if thing.get("private_link_id") != item.private_link_id else ""
    tests = item.setup_tests != "never"
    if tests and actual.no_tests and not waits:
        return _pause(plan, actual.no_tests)
    body = {
        "networking_method": item.networking_method,
        "private_link_id": item.private_link_id if item.networking_method == PRIVATE else None,
        "config": dict(config),
        "run_setup_tests": tests,
        "trust_certificates": item.trust_certificates,
        "trust_fingerprints": item.trust_fingerprints,
    }
    if thing.get("time_zone_offset") is not None:  # the API wants it in each change
        body["time_zone_offset"] = thing["time_zone_offset"]
    params = {"method": "PATCH", "path": item.path, "body": body, "tests": tests}
    summary = f"switch destination {item.destination_id} to {item.networking_method}"
    plan.changes = [Change(UPDATE_DESTINATION, params, summary, waits, outdated_by=(LIMITED, LOST))]
    plan.waiting = waits
    network = {name: body[name] for name in ("networking_method", "private_link_id")}
    plan.after = shown({**thing, **network, "config": {**_config(thing), **config}})
    for name in words.field, TLS:
        plan.after["config"].setdefault(name, None)
    plan.after["config"] = {name: value for name, value in plan.after["config"].items() if value is not None}
    return plan


def _check_consent(item: DestinationNetwork, thing: Object) -> None:
    """Raise ItemError without consent to leave what somebody has set up: another private link, tunnel or agent."""
    link, method = thing.get("private_link_id"), thing.get("networking_method")
    other = f"uses private link {link}" if link and link != item.private_link_id else ""
    if not other and method not in (None, DIRECT, PRIVATE):
        other = f"is reached by {method}"
    if other and not item.replace:
        raise ItemError(f"Destination {item.destination_id} {other}. Set replace=true to switch it all the same.")


def _check_link(item: DestinationNetwork, actual: Actual, plan: Plan) -> str:
    """What the switch waits for. Raises ItemError for a private link that the destination cannot use."""
    if item.networking_method != PRIVATE:
        return ""
    link = actual.link
    if not link:
        raise ItemError(f"The account has no private link {item.private_link_id}.")
    if actual.words.link and link.get("service") not in (None, actual.words.link):
        raise ItemError(f"{told(link)} is of service {link['service']}; {actual.service} takes {actual.words.link}.")
    if link.get("state") == FAIL:
        raise ItemError(f"{told(link)} has failed: {link.get('state_summary') or 'no reason given'}")
    if link.get("state") == DESTROYING:
        raise ItemError(f"{told(link)} is being deleted.")
    region = (actual.thing or {}).get("region")
    if link.get("region") not in (None, region):
        plan.warnings.append(f"{item.name}: {told(link)} is of {link['region']}, the destination of {region}.")
    return "" if link.get("state") == OK else f"{told(link)} to be OK ({link.get('state')})"


def _plan_tests(item: DestinationNetwork, actual: Actual, plan: Plan) -> Plan:
    """Nothing is to be switched: whether Fivetran reaches it, by tests of this run or of an earlier one."""
    if item.setup_tests == "never":
        return plan
    told_before = item.setup_tests == "auto" and actual.status == CONNECTED and not actual.switched
    if not actual.runs and told_before:
        return plan
    failed = failures(actual.runs[-1]) if actual.runs else []
    if not actual.runs or (
        failed and len(actual.runs) < 2
    ):  # the first may fail by chance, says the Terraform provider
        if actual.no_tests:
            return _pause(plan, actual.no_tests)
        again = " once more" if actual.runs else ""
        flags = {"trust_certificates": item.trust_certificates, "trust_fingerprints": item.trust_fingerprints}
        params = {"method": "POST", "path": f"{item.path}/test", "body": flags, "tests": True}
        summary = f"run the setup tests of destination {item.destination_id}{again}"
        plan.changes = [Change(RUN_TESTS, params, summary, outdated_by=(LIMITED,))]
    elif failed:
        raise ItemError(
            f"Setup tests of destination {item.destination_id} have failed twice: {'; '.join(failed)}",
            {**as_dict(actual.thing), "setup_tests": tests_of(actual)},
        )
    elif actual.status != CONNECTED:
        plan.poll = False
        plan.waiting = (
            f"Fivetran to call destination {item.destination_id} connected: no test has failed, and it is "
            f"{actual.status or 'of no state'}. Look at it in Fivetran, where a certificate may have to be approved"
        )
    return plan


def _pause(plan: Plan, pause: Pause) -> Plan:
    plan.waiting, plan.poll, plan.result = str(pause), False, {"continue_after": pause.stamp}
    return plan


def read_destinations(account: Fivetran, asked: t.Sequence[str] | None) -> list[Object]:
    """The destinations asked for, without those that there are not, or all (None), then without their config."""
    if asked is None:
        return account.all_of(LIST_ALL, PATH)
    found = []
    for destination_id in asked:
        check_id("destination_id", destination_id)
        try:
            found.append(account.call(Request(READ, "GET", path_of(PATH, destination_id), subject=destination_id)))
        except ApiError as error:
            if error.code != "404":
                raise
    return found


def failures(run: t.Sequence[Object]) -> list[str]:
    """The parts of setup tests that have failed, in words. A warning is no failure."""
    found = [part for part in run if str(part.get("status") or "").upper() not in PASSED]
    return [f"{part.get('title')}: {part.get('status')} {part.get('message') or ''}".strip() for part in found]


def tests_of(actual: Actual) -> list[dict[str, t.Any]]:
    """The last setup tests of this run, part by part."""
    names = ("title", "status", "message", "details")
    last = actual.runs[-1] if actual.runs else []
    return [{name: part.get(name) for name in names} for part in last]


def _config(thing: Object | None) -> dict[str, t.Any]:
    config = (thing or {}).get("config")
    return dict(config) if isinstance(config, dict) else {}


def shown(thing: Object | None) -> dict[str, t.Any]:
    """What the diff compares: the network, and the config without what is secret or rewritten."""
    thing = thing or {}
    config = {name: value for name, value in _config(thing).items() if value != MASKED and name not in REWRITTEN}
    network = {name: thing.get(name) for name in ("networking_method", "private_link_id")}
    return {**network, "config": config}


def as_dict(thing: Object | None) -> dict[str, t.Any]:
    """As the modules return it."""
    thing = thing or {}
    names = ("group_id", "service", "region", "networking_method", "private_link_id", "time_zone_offset")
    config, words = _config(thing), DESTINATIONS.get(str(thing.get("service")))
    return {
        "destination_id": thing.get("id"),
        **{name: thing.get(name) for name in names},
        "connection_type": config.get(words.field) if words else None,
        "require_tls": config.get(TLS),
        "setup_status": str(thing.get("setup_status") or "").upper(),
    }
