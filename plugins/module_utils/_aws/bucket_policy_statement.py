# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One statement of ours in the policy of an S3 bucket, which lets VPC endpoints in: read, plan and write.

This module util is PRIVATE to the collection.

S3 replaces a policy as a whole and gives it no version, so a statement is merged into what was read immediately before,
and read back afterwards. What somebody writes between that read and the write is lost, and nothing shows it.

Sources (read 2026-11): Amazon S3 API Reference, GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy and Error codes;
Amazon S3 User Guide, "Bucket naming rules", "Controlling access from VPC endpoints with bucket policies", and "Data
consistency model", by which the configuration of a bucket may be read as it was before; IAM user guide, JSON policy
elements: Principal, and Sid, which has letters and digits.
"""

from __future__ import annotations

import json
import re
import threading
import typing as t
from collections import defaultdict
from dataclasses import dataclass, replace

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, principals
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._core import policies
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError, Refused
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence, internal
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    MOST_OVERTAKEN,
    Change,
    Clock,
    Made,
    Plan,
    meant_twice,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.policies import (
    LONGEST_STEM,
    Document,
    Statement,
    listed,
    matches,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.private import one_at_a_time

GET, PUT, DELETE = "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"
BUCKET = r"(?!.*\.\.)(?![0-9.]+$)(?!.*(--x-s3|-s3alias|--ol-s3|\.mrap|--table-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
PRINCIPAL = r"arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(root|(user|role|assumed-role|federated-user)/[\w+=,.@/-]+)"
ACTION = r"s3:[A-Za-z*?]+"
SOURCE = "aws:SourceVpce"
# bytes of a policy without white space, as it is put (S3 User Guide, "Bucket policies"; MIT-LCP/physionet-build 2094)
LONGEST = 20480
DENIED = ("AccessDenied", "MethodNotAllowed")
OUTDATED, LOST = "PolicyChanged", "LostUpdate"  # our own, where S3 has no code
LOOKS = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between looks at what was written


@dataclass(frozen=True)
class BucketStatement:
    """One wanted statement; the fields are the options of the module of that name. None changes nothing."""

    name: str
    state: Presence = "present"
    bucket: str | None = None
    sid_prefix: str | None = None
    vpc_endpoint_ids: list[str] | None = None
    purge_vpc_endpoint_ids: bool = False
    principals: list[str] | None = None
    actions: list[str] | None = None
    account: str | None = None
    on_denied: t.Literal["fail", "report"] = "fail"
    environment: str = internal("")

    def __post_init__(self) -> None:
        if not is_of_form(BUCKET, self.bucket):
            raise ItemError(
                f"Not the name of a general purpose bucket: {self.bucket!r}. It has 3 to 63 lower-case letters, "
                "digits, dots and hyphens, and is neither an ARN nor the name of an access point or a directory bucket."
            )
        if self.account is not None and not is_of_form(r"[0-9]{12}", self.account):
            raise ItemError(f"Not an account id of 12 digits: {self.account!r}. {arns.QUOTE_ACCOUNT}")
        if not self.environment:
            raise ItemError("Set environment_name: the Sid holds it, so that no other environment takes the statement.")
        if self.sid_prefix is not None and not is_of_form(rf"[A-Za-z0-9]{{1,{LONGEST_STEM}}}", self.sid_prefix):
            raise ItemError(
                f"sid_prefix is 1 to {LONGEST_STEM} letters and digits without accents, not {self.sid_prefix!r}."
            )
        for endpoint in self.vpc_endpoint_ids or []:
            if not is_of_form(arns.VPC_ENDPOINT.pattern, endpoint):
                raise ItemError(f"Not the id of a VPC endpoint: {endpoint!r}. It looks like vpce-0123456789abcdef0.")
        if self.state == "present":
            self._check_present()

    def _check_present(self) -> None:
        if not self.principals or not self.actions:
            raise ItemError("principals and actions say whom the statement lets do what, and are required.")
        if self.vpc_endpoint_ids is not None and not self.vpc_endpoint_ids:
            raise ItemError("vpc_endpoint_ids is empty: list an endpoint, or take the statement away by state=absent.")
        for principal in self.principals:
            if principal != "*" and not is_of_form(rf"[0-9]{{12}}|{PRINCIPAL}", principal):
                raise ItemError(
                    f"Not a principal: {principal!r}. Give a 12-digit account id, in quotes, the ARN of a role or a "
                    "user, or '*' for all who come through the endpoints."
                )
        if "*" in self.principals and len(self.principals) > 1:
            raise ItemError("The principal '*' is everybody: give it alone.")
        for action in self.actions:
            if not is_of_form(ACTION, action):
                raise ItemError(f"Not an action of S3: {action!r}. It looks like s3:GetObject.")

    @property
    def sid(self) -> str:
        """The statement's Sid: it follows from the item's name, or the prefix, and the environment.

        Names that read the same in letters and digits differ in the eight digits at its end.
        """
        stem = self.sid_prefix or policies.STEM + policies.camel(self.name)
        return policies.sid(stem, self.environment, self.sid_prefix, "" if self.sid_prefix else self.name)

    def resources(self, partition: str) -> list[str]:
        arn = f"arn:{partition}:s3:::{self.bucket}"
        return [arn, f"{arn}/*"]

    def statement(self, endpoints: t.Iterable[str], partition: str) -> Statement:
        """The statement that lets these endpoints in."""
        named = sorted({principals.as_arn(principal, partition) for principal in self.principals or []})
        return {
            "Sid": self.sid,
            "Effect": "Allow",
            "Principal": "*" if named == ["*"] else {"AWS": named},
            "Action": sorted(set(self.actions or [])),
            "Resource": self.resources(partition),
            "Condition": {"StringEquals": {SOURCE: sorted(endpoints)}},
        }


def endpoints_of(statement: Statement | None) -> set[str]:
    """The VPC endpoints that a statement lets in, also where others have changed how it asks for them."""
    found: set[str] = set()
    for operator, key, values in policies.conditions(statement or {}):
        if key == SOURCE.lower() and "not" not in operator:
            found.update(filter(arns.VPC_ENDPOINT.fullmatch, values))
    return found


def known(item: BucketStatement, partition: str) -> dict[str, t.Any]:
    """What the module returns of an item whatever comes of it: all that follows from its options."""
    makes = item.state == "present" and item.vpc_endpoint_ids
    return {
        "bucket": item.bucket,
        "sid": item.sid,
        "status": "unknown",
        "statement": dict(item.statement(set(item.vpc_endpoint_ids or []), partition)) if makes else {},
        "shut_out_by": [],
    }


def wanted(item: BucketStatement, have: Statement | None, partition: str) -> Statement | None:
    """What shall stand for the item, None for nothing. Raises ItemError for what cannot be made, or is not ours."""
    if have is not None:
        _refuse_foreign(item, have, partition)
    named = set(item.vpc_endpoint_ids or [])
    if item.state == "absent":
        left = endpoints_of(have) - named
        return _narrowed(have, left) if have and named and left else None
    endpoints = named if named and item.purge_vpc_endpoint_ids else endpoints_of(have) | named
    if not endpoints:
        raise ItemError(
            f"The policy of bucket {item.bucket} has no statement {item.sid} that names endpoints: list "
            "vpc_endpoint_ids, without which it would let in everybody whom principals name, from anywhere."
        )
    return item.statement(endpoints, partition)


def _narrowed(have: Statement, endpoints: set[str]) -> Statement:
    """A statement with only these of its endpoints, and everything else as it is."""
    conditions: dict[str, t.Any] = {}
    for operator, keys in have["Condition"].items():
        kept: dict[str, t.Any] = {}
        for key, values in keys.items():
            is_ours = key.lower() == SOURCE.lower() and "not" not in operator.lower()
            kept[key] = [value for value in listed(values) if value in endpoints] if is_ours else values
        conditions[operator] = kept
    return {**have, "Condition": conditions}


def _refuse_foreign(item: BucketStatement, have: Statement, partition: str) -> None:
    """What was changed by hand is put right, but not what is never written here: that is another's, or means a no."""
    resources = have.get("Resource") or []
    named = {resources} if isinstance(resources, str) else set(resources)
    strange = sorted(set(have) & {"NotAction", "NotPrincipal", "NotResource"})
    if have.get("Effect") != "Allow":
        strange.append(f"the effect {have.get('Effect')}")
    if not all(name == f"arn:{partition}:s3:::{item.bucket}" or _is_within(item, name, partition) for name in named):
        strange.append(f"other resources ({', '.join(sorted(named))})")
    if strange:
        raise ItemError(
            f"The statement {item.sid} in the policy of bucket {item.bucket} is not one of ours: it has "
            f"{' and '.join(strange)}. It was not changed. Take it away by hand, or set another sid_prefix."
        )


def _is_within(item: BucketStatement, resource: str, partition: str) -> bool:
    return resource.startswith(f"arn:{partition}:s3:::{item.bucket}/")


def shutting_out(document: Document | None, statement: Statement) -> list[dict[str, t.Any]]:
    """The statements of others that deny some of our endpoints what our statement allows them, each with these.

    A deny counts where it may concern one of our actions; of whom and of which objects it speaks is not looked at.
    """
    found = []
    endpoints = sorted(endpoints_of(statement))
    for number, other in enumerate(policies.statements(document), 1):
        if other.get("Effect") == "Deny" and _concerns(other, statement["Action"]):
            missing = [endpoint for endpoint in endpoints if _denies(other, endpoint)]
            if missing:
                found.append({"sid": str(other.get("Sid", "")), "number": number, "missing": missing})
    return found


def _denies(statement: Statement, endpoint: str) -> bool:
    """Whether a statement asks for other endpoints than this one."""
    for operator, key, values in policies.conditions(statement):
        if key != SOURCE.lower() or not operator.startswith("stringnot"):
            continue
        admits = matches if "like" in operator else str.__eq__
        if not any(admits(value, endpoint) for value in values):
            return True
    return False


def _concerns(statement: Statement, actions: t.Iterable[str]) -> bool:
    if "NotAction" in statement:
        return not all(any(matches(no, action) for no in listed(statement["NotAction"])) for action in actions)
    return any(_overlap(denied, action) for denied in listed(statement.get("Action")) for action in actions)


def _overlap(one: str, other: str) -> bool:
    """Whether two patterns may have a text in common: both with a wildcard may, where they begin alike."""
    if matches(one, other) or matches(other, one):
        return True
    begins, other_begins = (re.split(r"[*?]", pattern)[0].lower() for pattern in (one, other))
    both = begins != one.lower() and other_begins != other.lower()
    return both and (begins.startswith(other_begins) or other_begins.startswith(begins))


@dataclass(frozen=True)
class Actual:
    """The policy of an item's bucket, with what other items of this run are about to change in it.

    ``denied`` says why AWS did not let us read it (``unread``) or write it. ``attempt`` counts the writes of this run.
    """

    document: Document | None = None
    denied: str = ""
    unread: bool = False
    attempt: int = 0


@dataclass(frozen=True)
class Rewrite(Change):
    """A call that changes a policy: for which item, from which statement to which, and what the policy then is.

    What was written and read back, and is gone at a later look, is lost: it is written again, as another ``attempt``.
    """

    item: BucketStatement | None = None
    have: Statement | None = None
    want: Statement | None = None
    document: Document | None = None
    attempt: int = 0


def rewrite(
    item: BucketStatement, document: Document | None, have: Statement | None, want: Statement | None
) -> Rewrite:
    """The call that puts ``want`` in the place of ``have``. Raises ItemError where the policy gets too long."""
    found = policies.with_statement(document, want) if want else policies.without_statement(document, item.sid)
    params = _owned(item)
    if found is not None:
        params["Policy"] = policies.as_text(found)
        size = len(params["Policy"].encode())
        if want and size > LONGEST:
            raise ItemError(
                f"The policy of bucket {item.bucket} would have {size} bytes, and S3 takes {LONGEST}. Its owner has to "
                "shorten it, as by joining statements."
            )
    return Rewrite(
        action=DELETE if found is None else PUT,
        params=params,
        summary=f"{'put' if want else 'remove'} the statement {item.sid} in the policy of {item.bucket}",
        retried_on=("OperationAborted",),
        outdated_by=(OUTDATED, LOST),
        item=item,
        have=have,
        want=want,
        document=found,
    )


def _owned(item: BucketStatement) -> dict[str, t.Any]:
    return {"Bucket": item.bucket, **({"ExpectedBucketOwner": item.account} if item.account else {})}


def read_policy(api: Api, bucket: str, account: str | None = None) -> Document | None:
    """The policy of a bucket, None where it has none. Raises CallError, also where the bucket is not the account's."""
    owner = {"ExpectedBucketOwner": account} if account else {}
    try:
        answer = api.call(GET, bucket, Bucket=bucket, **owner)
    except CallError as error:
        if error.code == "NoSuchBucketPolicy":
            return None
        raise
    found: Document = json.loads(str(answer["Policy"]))
    return found


class BucketStatements:
    """Reads and writes the policies of buckets; items of one bucket take turns, and runs of one machine, too."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.partition = api.partition
        self._denied: dict[str, str] = {}  # by item: why S3 did not let us write
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def read(self, items: t.Sequence[BucketStatement], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        """One call for each bucket. Each item sees what those before it are about to make of the policy."""
        found: dict[str, Actual | ItemError] = {}
        found.update(meant_twice({item.name: f"statement {item.sid} of {item.bucket}" for item in items}))
        keys = sorted({(item.bucket or "", item.account or "") for item in items})
        answers = dict(zip(keys, self.api.each(lambda key: read_policy(self.api, *key), keys)))
        for item in items:
            if item.name in found:
                continue
            key = item.bucket or "", item.account or ""
            attempt = min(len(made[item.name].changes), MOST_OVERTAKEN)
            actual = found[item.name] = self._actual(item, answers[key], attempt)
            if isinstance(actual, Actual) and not isinstance(answers[key], ItemError):
                answers[key] = self._afterwards(item, actual)
        return found

    def _actual(self, item: BucketStatement, answer: Document | ItemError | None, attempt: int) -> Actual | ItemError:
        if not isinstance(answer, ItemError):
            return Actual(answer, self._denied.get(item.name, ""), attempt=attempt)
        code = getattr(answer, "code", "")
        if code in DENIED:
            return Actual(None, str(answer), unread=True)
        if code == "NoSuchBucket" and item.state == "absent":
            return Actual()
        return ItemError(str(answer), known(item, self.partition))

    def _afterwards(self, item: BucketStatement, actual: Actual) -> Document | None:
        """The policy once the item's change is made."""
        try:
            changes = self.plan(item, actual).changes
        except ItemError:
            changes = []
        return next((change.document for change in changes if isinstance(change, Rewrite)), actual.document)

    def plan(self, item: BucketStatement, actual: Actual) -> Plan:
        try:
            return self._plan(item, actual)
        except ItemError as error:
            error.known = {**known(item, self.partition), **error.known}
            raise

    def _plan(self, item: BucketStatement, actual: Actual) -> Plan:
        if actual.unread and item.state == "present" and not item.vpc_endpoint_ids:
            raise ItemError(actual.denied)  # no statement can be made for the owner
        have = policies.of_sid(actual.document, item.sid)
        want = wanted(item, have, self.partition)
        plan = Plan(before=_shown(have), after=_shown(want))
        barring = shutting_out(actual.document, want) if want and item.state == "present" else []
        plan.warnings = [_barred(item, row) for row in barring]
        plan.result = {
            **known(item, self.partition),
            "status": "present" if have else "absent",
            "statement": dict(want or {}),
            "shut_out_by": barring,
        }
        same = policies.is_same(have, want)
        if actual.denied and (actual.unread or not same):
            _leave_to_owner(item, plan, actual)
        elif not same:
            plan.changes = [replace(rewrite(item, actual.document, have, want), attempt=actual.attempt)]
        if not plan.changes:
            plan.after = plan.before
        return plan

    def apply(self, change: Change) -> t.Mapping[str, t.Any]:
        """Make a planned change in the policy as it is now, and read it back.

        Raises Refused with the code PolicyChanged or LostUpdate where the item has to be planned again, and ItemError.
        """
        if not isinstance(change, Rewrite) or change.item is None:
            raise TypeError(f"{change.action} is no change of a policy")
        item = change.item
        with self._turns[item.bucket or ""], one_at_a_time(f"policy of bucket {item.bucket}"):
            try:
                before = read_policy(self.api, item.bucket or "", item.account)
                self.api.apply(_again(item, change, before))
            except CallError as error:
                if error.code not in DENIED:
                    raise
                self._denied[item.name] = str(error)
                raise Refused(change.action, OUTDATED, str(error)) from error
            try:
                self._confirm(item, change, before)
            except ItemError as error:
                error.written = True
                raise
        return {}

    def _confirm(self, item: BucketStatement, change: Rewrite, before: Document | None) -> None:
        """Read back what was written, for as long as S3 may show the policy of before."""
        clock = Clock()
        for pause in LOOKS:
            shown = read_policy(self.api, item.bucket or "", item.account)
            if policies.is_same(policies.of_sid(shown, item.sid), change.want):
                return
            if shown != before:  # else S3 may be behind
                break
            clock.sleep(pause)
        message = (
            f"somebody else wrote this policy at the same time, and what was done to the statement {item.sid} is lost"
        )
        advice = "Have only one write the policy at a time, then run again."
        raise Refused(change.action, LOST, message, str(item.bucket), advice)


def _again(item: BucketStatement, change: Rewrite, document: Document | None) -> Rewrite:
    """The same change of the policy that was just read; others may have changed it since the plan was made."""
    again = rewrite(item, document, change.have, change.want)
    if not policies.is_same(policies.of_sid(document, item.sid), change.have) or again.action != change.action:
        message = f"somebody has changed the policy meanwhile, and with it what was planned for {item.sid}"
        raise Refused(change.action, OUTDATED, message, str(item.bucket), "Run again.")
    return again


def _leave_to_owner(item: BucketStatement, plan: Plan, actual: Actual) -> None:
    """Nothing can be written: whoever owns the bucket gets the statement. Raises ItemError unless that is enough."""
    statement, bucket = plan.result["statement"], item.bucket
    if statement:
        task = f"put this statement into the policy of {bucket}, or its endpoints into the one of the same Sid"
        text = f"{task}: {json.dumps(statement)}"
    else:
        task = text = f"remove the statement {item.sid} from the policy of {bucket}, if it is there"
    owner = f" S3 answers the same where the bucket is not account {item.account}'s." if item.account else ""
    told = f"{actual.denied}{owner} Or have whoever owns the bucket {text}"
    plan.result["status"] = "for_the_owner"
    if item.on_denied == "fail":
        raise ItemError(told, plan.result)
    plan.warnings = [*plan.warnings, f"{item.name}: {told}"]
    plan.waiting, plan.poll = f"whoever owns the bucket to {task}", False


def _barred(item: BucketStatement, row: t.Mapping[str, t.Any]) -> str:
    which = row["sid"] or f"number {row['number']}, which has no Sid,"
    ids = ", ".join(row["missing"])
    return (
        f"{item.name}: the statement {which} in the policy of bucket {item.bucket} denies requests that do not come "
        f"through the endpoints it lists, which shuts out {ids}, whatever other statements allow. It was not changed: "
        f"its owner has to add {ids} to its {SOURCE}."
    )


def _shown(statement: Statement | None) -> dict[str, t.Any]:
    """The statement in a diff: {} for none."""
    return {"statement": dict(statement)} if statement else {}
