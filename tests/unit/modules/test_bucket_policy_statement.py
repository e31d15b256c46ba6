# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bucket_policy_statement and its info module against the sandbox."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws import bucket_policy_statement as _statements
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.bucket_policy_statement import (
    DELETE,
    PUT,
    BucketStatement,
    BucketStatements,
    shutting_out,
    wanted,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import Credentials
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Options, converge
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

MODULE = "bucket_policy_statement"
VENDOR = "565502421330"
ROOT = f"arn:aws:iam::{VENDOR}:root"
A, B, C = "vpce-0a", "vpce-0b", "vpce-0c"
SID = BucketStatement("orders", bucket="orders", state="absent", environment="prod").sid
READ = ["s3:GetObject", "s3:ListBucket"]
ARN = "arn:aws:s3:::nowhere-to-be-found"


class Bench:
    """One account with a bucket, on which the module runs."""

    def __init__(self, estate: Estate) -> None:
        self.estate, self.name = estate, f"orders-{estate.account}"
        self.s3 = estate.boto(estate.account, "s3")
        self.s3.create_bucket(Bucket=self.name)

    def wish(self, **options: Any) -> dict[str, Any]:
        """Options of an item that wants the statement."""
        said = {"name": "orders", "bucket": self.name, "vpc_endpoint_ids": [A], "principals": [VENDOR], "actions": READ}
        return {name: value for name, value in {**said, **options}.items() if value is not None}

    def absent(self, **options: Any) -> dict[str, Any]:
        return {"name": "orders", "bucket": self.name, "state": "absent", **options}

    def run(self, **options: Any) -> dict[str, Any]:
        """Run the module; the answer is the module's."""
        result: dict[str, Any] = self.estate.run(MODULE, **{"environment_name": "prod", "diff": True, **options})
        return result

    def one(self, **options: Any) -> dict[str, Any]:
        """Run the module on one item; its result."""
        result: dict[str, Any] = self.run(**options)["results"][0]
        return result

    def change(self, writes: list[str], **options: Any) -> dict[str, Any]:
        """Check and run, each twice: check mode predicts the writes and the diff, the second time there are none."""
        for expected in (writes, []):
            before = self.policy()
            predicted = self.run(check=True, **options)
            assert self.policy() == before
            real = self.run(**options)
            assert predicted["results"][0]["writes"] == real["results"][0]["writes"] == expected, real
            assert predicted["diff"] == real["diff"]
        assert not real["changed"]
        return dict(real["results"][0])

    def policy(self, bucket: str = "") -> Any:
        """The policy by an independent read, None for none."""
        try:
            return json.loads(self.s3.get_bucket_policy(Bucket=bucket or self.name)["Policy"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
                raise
            return None

    def put(self, *listed: Any, **rest: Any) -> Any:
        """What an earlier run, or somebody else, has written; the answer is what S3 makes of it."""
        document = {"Version": "2012-10-17", **rest, "Statement": list(listed)}
        self.s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(document))
        return self.policy()

    def ours(self, *endpoints: str, **changes: Any) -> dict[str, Any]:
        """Our statement, as it is made for these endpoints, and what somebody has changed in it."""
        item = BucketStatement(**self.wish(), environment="prod")
        return {**item.statement(endpoints, "aws"), **changes}

    def other(self, **changes: Any) -> dict[str, Any]:
        """A statement of somebody else."""
        resource = f"arn:aws:s3:::{self.name}/*"
        allow = {"Sid": "Theirs", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}
        return {**allow, **changes}

    def deny(self, *endpoints: str, operator: str = "StringNotEquals", **changes: Any) -> dict[str, Any]:
        """One of somebody else that lets nobody else through than who comes through these endpoints."""
        asked = {"Effect": "Deny", "Sid": "OnlyOurs", "Condition": {operator: {"aws:sourceVpce": list(endpoints)}}}
        return self.other(**{**asked, "Action": "s3:*", **changes})

    def endpoints(self, sid: str = SID) -> list[str]:
        found = next(statement for statement in self.policy()["Statement"] if statement.get("Sid") == sid)
        listed = found["Condition"]["StringEquals"]["aws:SourceVpce"]
        return sorted([listed] if isinstance(listed, str) else listed)

    def fault(self, operation: str, kind: str, **options: Any) -> None:
        self.estate.sandbox.fault("s3", operation, kind, account=self.estate.account, **options)


@pytest.fixture
def bench(estate: Estate) -> Bench:
    return Bench(estate)


@pytest.mark.parametrize(
    ("before", "options", "writes", "after"),
    [
        pytest.param(None, {"vpc_endpoint_ids": [B, A, A]}, [PUT], [A, B], id="create"),
        pytest.param([A], {"vpc_endpoint_ids": [B]}, [PUT], [A, B], id="add"),
        pytest.param([A, C], {"vpc_endpoint_ids": [B], "purge_vpc_endpoint_ids": True}, [PUT], [B], id="purge"),
        pytest.param([A, B], {"vpc_endpoint_ids": [B]}, [], [A, B], id="others stay"),
        pytest.param([A], {"vpc_endpoint_ids": None}, [], [A], id="unset changes nothing"),
        pytest.param([A], {"vpc_endpoint_ids": None, "purge_vpc_endpoint_ids": True}, [], [A], id="nor purges"),
        pytest.param([A], {"actions": ["s3:GetObject"]}, [PUT], [A], id="actions"),
        pytest.param([A], {"principals": ["*"]}, [PUT], [A], id="principals"),
        pytest.param([A], {"actions": READ[::-1], "principals": [ROOT, VENDOR]}, [], [A], id="other spelling"),
    ],
)
def test_made_and_modified(
    bench: Bench, before: list[str] | None, options: dict[str, Any], writes: list[str], after: list[str]
) -> None:
    if before:
        bench.put(bench.ours(*before))
    result = bench.change(writes, **bench.wish(**options))
    assert bench.endpoints() == after
    assert (result["sid"], result["status"], result["shut_out_by"]) == (SID, "present", [])
    assert result["statement"]["Condition"] == {"StringEquals": {"aws:SourceVpce": after}}


@pytest.mark.parametrize(
    ("before", "options", "writes", "after"),
    [
        pytest.param([A, B], {}, [PUT], None, id="all"),
        pytest.param([A, B], {"vpc_endpoint_ids": [A, C]}, [PUT], [B], id="one endpoint"),
        pytest.param([A, B], {"vpc_endpoint_ids": [A, B]}, [PUT], None, id="each endpoint"),
        pytest.param([A], {"vpc_endpoint_ids": [C]}, [], [A], id="another endpoint"),
        pytest.param(None, {}, [], None, id="nothing"),
    ],
)
def test_taken_away(
    bench: Bench, before: list[str] | None, options: dict[str, Any], writes: list[str], after: list[str] | None
) -> None:
    kept = bench.other()
    bench.put(kept, *([bench.ours(*before)] if before else []))
    result = bench.change(writes, **bench.absent(**options))
    assert result["status"] == ("present" if after else "absent")
    assert bench.endpoints() == after if after else bench.policy()["Statement"] == [kept]


def test_the_last_statement_takes_the_policy_along(bench: Bench) -> None:
    bench.put(bench.ours(A))
    assert bench.change([DELETE], **bench.absent())["statement"] == {}
    assert bench.policy() is None


def test_what_others_have_written_stays_to_the_letter(bench: Bench) -> None:
    theirs = [bench.other(), bench.deny(A), bench.other(Sid="Größe 1", Effect="Deny")]
    theirs[2].pop("Sid")
    before = bench.put(*theirs, Id="Theirs", Version="2008-10-17")
    bench.change([PUT], **bench.wish())
    made = bench.policy()
    assert (list(made), made["Statement"][:-1]) == (list(before), before["Statement"])
    bench.change([PUT], **bench.wish(actions=["s3:*"]))
    bench.change([PUT], **bench.absent())
    assert json.dumps(bench.policy()) == json.dumps(before)


def test_what_was_changed_by_hand_is_shown_and_put_right(bench: Bench) -> None:
    """The condition was loosened, so that who comes through no endpoint is let in. An endpoint that was added stays."""
    loose = {"StringEqualsIfExists": {"aws:sourceVpce": [A, B]}}
    bench.put(bench.other(), bench.ours(A, Condition=loose, Principal="*"), bench.deny(A, B))
    result = bench.run(**bench.wish())
    (diff,) = result["diff"]
    assert diff["before"]["statement"]["Condition"]["StringEqualsIfExists"]
    assert diff["after"] == {"statement": bench.ours(A, B)}
    assert bench.endpoints() == [A, B]
    assert [statement["Sid"] for statement in bench.policy()["Statement"]] == ["Theirs", SID, "OnlyOurs"]
    assert not bench.run(**bench.wish())["changed"]


@pytest.mark.parametrize(
    ("changes", "without", "told"),
    [
        ({"Effect": "Deny"}, "", "the effect Deny"),
        ({"NotAction": "s3:PutObject"}, "Action", "NotAction"),
        ({"NotPrincipal": {"AWS": VENDOR}}, "Principal", "NotPrincipal"),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_is_not_ours_is_refused(
    bench: Bench, changes: dict[str, Any], without: str, told: str, state: str
) -> None:
    statement = bench.ours(A, **changes)
    statement.pop(without, None)
    before = bench.put(statement)
    refused = bench.run(**(bench.wish() if state == "present" else bench.absent()))
    assert refused["results"][0]["statement"] == (bench.ours(A) if state == "present" else {})
    assert f"is not one of ours: it has {told}. It was not changed" in refused["msg"]
    assert bench.policy() == before


def test_resources_of_another_bucket_are_not_ours(bench: Bench) -> None:
    """S3 takes none; whoever plays S3 may."""
    item = BucketStatement(**bench.wish(), environment="prod")
    arn = "arn:aws:s3:::other"
    with pytest.raises(ItemError, match=r"other resources \(arn:aws:s3:::other\)"):
        wanted(item, bench.ours(A, Resource=arn), "aws")
    narrower = bench.ours(A, Resource=f"arn:aws:s3:::{bench.name}/some/*")
    assert wanted(item, narrower, "aws") == bench.ours(A)


def test_a_statement_without_endpoints_is_never_made(bench: Bench) -> None:
    """Not as a new one, and not of one from which somebody took the condition."""
    assert "which it would let in everybody" in bench.run(**bench.wish(vpc_endpoint_ids=None, principals=["*"]))["msg"]
    open_to_all = bench.ours()
    del open_to_all["Condition"]
    bench.put(open_to_all)
    assert "which it would let in everybody" in bench.run(**bench.wish(vpc_endpoint_ids=None))["msg"]
    bench.change([PUT], **bench.wish(principals=["*"]))
    assert bench.endpoints() == [A]


# Denials of others


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, [B]),
        ({"operator": "StringNotEqualsIfExists"}, [B]),
        ({"operator": "ForAllValues:StringNotLike"}, [B]),
        ({"operator": "StringNotLike", "listed": ["vpce-?a", "vpce-*b"]}, []),
        ({"listed": ["vpce-0*"]}, [A, B]),
        ({"operator": "StringEquals"}, []),
        ({"Action": ["s3:List*", "s3:PutObject"]}, [B]),
        ({"Action": "s3:PutObject"}, []),
        ({"Action": ["s3:P*", "s3:?utObject", "s3:*tAcl"]}, []),
        ({"NotAction": "s3:GetObject", "Action": None}, [B]),
        ({"NotAction": ["s3:Get*", "s3:ListBucket"], "Action": None}, []),
        ({"Effect": "Allow"}, []),
    ],
)
def test_who_shuts_the_endpoints_out(bench: Bench, changes: dict[str, Any], missing: list[str]) -> None:
    changes = dict(changes)
    listed = changes.pop("listed", [A])
    theirs = {name: value for name, value in bench.deny(*listed, **changes).items() if value is not None}
    found = shutting_out({"Statement": [bench.other(), theirs]}, bench.ours(A, B))
    assert found == ([{"sid": "OnlyOurs", "number": 2, "missing": missing}] if missing else [])


def test_who_shuts_the_endpoints_out_is_told_and_not_changed(bench: Bench) -> None:
    unnamed = bench.deny("vpce-0*", operator="StringNotLike")
    del unnamed["Sid"]
    before = bench.put(bench.deny(A), unnamed, bench.deny("vpce-1*", Sid="Far"))
    for writes in ([PUT], []):
        result = bench.run(**bench.wish(vpc_endpoint_ids=[A, B]))
        (item,) = result["results"]
        assert (item["failed"], item["writes"]) == (False, writes)
        assert item["shut_out_by"] == [
            {"sid": "OnlyOurs", "number": 1, "missing": [B]},
            {"sid": "Far", "number": 3, "missing": [A, B]},
        ]
        near, far = map(str, result["warnings"])
        assert f"statement OnlyOurs in the policy of bucket {bench.name} denies" in near
        assert f"its owner has to add {B} to its aws:SourceVpce" in near
        assert f"its owner has to add {A}, {B}" in far
    assert bench.policy()["Statement"][:3] == before["Statement"]
    assert "warnings" not in bench.run(**bench.absent())


# Denials of S3


@pytest.mark.parametrize("operation", ["GetBucketPolicy", "PutBucketPolicy"])
def test_a_denial_has_the_statement_for_the_owner(bench: Bench, operation: str) -> None:
    bench.put(bench.other(), bench.ours(B))
    bench.fault(operation, "deny", times=None)
    endpoints = [A] if operation == "GetBucketPolicy" else [A, B]
    statement = bench.ours(*endpoints)
    failed = bench.run(**bench.wish())
    assert failed["failed"]
    assert f"s3:{operation}" in failed["msg"]
    assert f"Allow s3:{operation} in the policies of the credentials" in failed["msg"]
    assert json.dumps(statement) in failed["msg"]
    assert failed["results"][0]["statement"] == statement
    reported = bench.run(**bench.wish(on_denied="report"))
    (item,) = reported["results"]
    assert (item["failed"], item["changed"], item["status"]) == (False, False, "for_the_owner")
    assert item["statement"] == statement
    assert item["waiting"].startswith(f"whoever owns the bucket to put this statement into the policy of {bench.name}")
    assert reported["warnings"][0]["event"]["msg"].endswith(json.dumps(statement))


@pytest.mark.parametrize("operation", ["GetBucketPolicy", "DeleteBucketPolicy"])
def test_a_denied_removal_is_the_owners(bench: Bench, operation: str) -> None:
    bench.put(bench.ours(A))
    bench.fault(operation, "deny", times=None)
    assert f"remove the statement {SID} from the policy of {bench.name}" in bench.run(**bench.absent())["msg"]
    item = bench.one(**bench.absent(on_denied="report"))
    assert (item["failed"], item["status"], item["statement"]) == (False, "for_the_owner", {})
    assert (
        item["waiting"]
        == f"whoever owns the bucket to remove the statement {SID} from the policy of {bench.name}, if it is there"
    )


def test_who_has_it_already_needs_no_permission_to_write(bench: Bench) -> None:
    bench.put(bench.ours(A))
    bench.fault("PutBucketPolicy", "deny", times=None)
    assert bench.one(**bench.wish())["status"] == "present"


def test_a_bucket_of_another_account(bench: Bench) -> None:
    """One cannot be read; another is not whose it should be. A third is done all the same."""
    other = f"8{bench.estate.account[1:]}"
    theirs = f"theirs-{other}"
    bench.estate.boto(other, "s3").create_bucket(Bucket=theirs)
    items = [
        bench.wish(name="theirs", bucket=theirs, on_denied="report"),
        bench.wish(name="mistaken", account=other),
        bench.wish(account=bench.estate.account),
    ]
    result = bench.run(statements=items)
    assert [item["status"] for item in result["results"]] == ["for_the_owner", "for_the_owner", "present"]
    assert result["failed_items"] == ["mistaken"]
    assert f"S3 answers the same where the bucket is not account {other}'s" in result["msg"]
    assert result["results"][0]["statement"]["Resource"][0] == f"arn:aws:s3:::{theirs}"


def test_each_call_is_for_a_bucket_of_the_account(bench: Bench) -> None:
    """S3 then refuses a bucket that has changed hands since the last call."""
    for options in (bench.wish(), bench.absent()):
        assert bench.one(**options, account=bench.estate.account)["changed"]
        told = {call["params"].get("ExpectedBucketOwner") for call in bench.estate.calls}
        assert told == {bench.estate.account}


def test_only_the_owners_identities_may(bench: Bench) -> None:
    bench.fault("GetBucketPolicy", "error", code="MethodNotAllowed", status=405, times=None)
    failed = bench.run(**bench.wish())
    assert "Only identities of the account that owns the bucket" in failed["msg"]
    assert bench.one(**bench.wish(on_denied="report"))["status"] == "for_the_owner"
    assert "Only identities" in bench.run(**bench.wish(vpc_endpoint_ids=None, on_denied="report"))["msg"]


# Refusals of S3


def test_what_is_wrong_with_a_policy_or_a_bucket_is_told(bench: Bench) -> None:
    bench.fault("PutBucketPolicy", "error", code="MalformedPolicy", message="Invalid principal in policy", times=1)
    malformed = bench.run(**bench.wish())
    assert "Invalid principal in policy" in malformed["msg"]
    assert "a principal that does not exist or is deleted" in malformed["msg"]
    assert malformed["results"][0]["statement"] == bench.ours(A)
    missing = bench.run(**bench.wish(bucket="nowhere-to-be-found"))
    assert "NoSuchBucket" in missing["msg"]
    assert "check its spelling" in missing["msg"]
    assert missing["results"][0]["statement"] == bench.ours(A, Resource=[ARN, f"{ARN}/*"])
    assert missing["results"][0]["status"] == "unknown"
    assert not bench.run(**bench.absent(bucket="nowhere-to-be-found")).get("failed")


def test_a_busy_bucket_is_asked_again(bench: Bench) -> None:
    bench.fault("PutBucketPolicy", "error", code="OperationAborted", status=409, times=3)
    assert bench.one(**bench.wish())["writes"] == [PUT]
    bench.fault("PutBucketPolicy", "error", code="OperationAborted", status=409, times=None)
    assert "busy with another change of this bucket" in bench.run(**bench.wish(actions=["s3:*"]))["msg"]


def test_a_policy_that_would_be_too_long_is_not_put(bench: Bench) -> None:
    long = [f"s3:{'A' * number}" for number in range(1, 190)]
    bench.put(bench.other(Action=long))
    assert "S3 takes 20480" in bench.run(check=True, **bench.wish(actions=long))["msg"]
    assert "S3 takes 20480" in bench.run(**bench.wish(actions=long))["msg"]
    assert bench.estate.count("PutBucketPolicy") == 0
    bench.change([PUT], **bench.wish())


def test_a_bucket_in_another_region_is_found(bench: Bench) -> None:
    far = f"far-{bench.estate.account}"
    europe = bench.estate.boto(bench.estate.account, "s3", "eu-west-1")
    europe.create_bucket(Bucket=far, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert bench.one(**bench.wish(bucket=far))["writes"] == [PUT]
    assert json.loads(europe.get_bucket_policy(Bucket=far)["Policy"])["Statement"][0]["Sid"] == SID


# Races


class Meddler:
    """Somebody else, who acts right after some of the module's reads, counted from 1 for each run."""

    def __init__(self, bench: Bench, run_module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bench, self.run_module = bench, run_module
        self.acts: dict[int, Callable[[], Any]] = {}
        self.reads = 0
        read = _statements.read_policy

        def read_policy(*args: Any) -> Any:
            found = read(*args)
            self.reads += 1
            self.acts.get(self.reads, lambda: None)()
            return found

        monkeypatch.setattr(_statements, "read_policy", read_policy)

    def run(self, **options: Any) -> dict[str, Any]:
        self.reads = 0
        result: dict[str, Any] = self.run_module(
            MODULE, {**self.bench.estate.access, "environment_name": "prod", "wait_timeout": 10, **options}
        )
        return result


@pytest.fixture
def meddler(bench: Bench, run_module: Any, monkeypatch: pytest.MonkeyPatch) -> Meddler:
    return Meddler(bench, run_module, monkeypatch)


PLANNED, READ_BACK = 1, 3  # reads of a run that writes once; the second is immediately before it


def test_what_others_write_before_the_last_read_stays(bench: Bench, meddler: Meddler) -> None:
    bench.put(bench.other())
    meddler.acts[PLANNED] = lambda: bench.put(bench.other(), bench.other(Sid="New"))
    assert meddler.run(**bench.wish())["results"][0]["writes"] == [PUT]
    assert [statement["Sid"] for statement in bench.policy()["Statement"]] == ["Theirs", "New", SID]


def test_what_others_make_of_our_statement_meanwhile_is_planned_for(bench: Bench, meddler: Meddler) -> None:
    bench.put(bench.ours(B))
    meddler.acts[PLANNED] = lambda: bench.put(bench.ours(C))
    assert meddler.run(**bench.wish())["results"][0]["writes"] == [PUT]
    assert bench.endpoints() == [A, C]


def test_what_others_take_away_meanwhile_is_deleted_whole(bench: Bench, meddler: Meddler) -> None:
    """A put was planned, and what is left to do is a deletion."""
    bench.put(bench.ours(A), bench.other())
    meddler.acts[PLANNED] = lambda: bench.put(bench.ours(A))
    assert meddler.run(**bench.absent())["results"][0]["writes"] == [DELETE]
    assert bench.policy() is None


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_lost_update_is_made_again(bench: Bench, meddler: Meddler, state: str) -> None:
    """Between our write and our look at it another writes what it had read before, with something of its own."""
    ours = [bench.ours(A)] if state == "absent" else []
    bench.put(bench.other(), *ours)
    read = _statements.BucketStatements._confirm

    def confirm(*args: Any) -> None:
        if not meddler.acts:
            meddler.acts[0] = lambda: None
            bench.put(bench.other(), bench.other(Sid="New"), *ours)
        read(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_statements.BucketStatements, "_confirm", confirm)
        result = meddler.run(**(bench.wish() if state == "present" else bench.absent()))
    assert result["results"][0]["writes"] == [PUT, PUT]
    assert meddler.reads == 7  # that it is lost shows at the first look
    sids = [statement["Sid"] for statement in bench.policy()["Statement"]]
    assert sids == (["Theirs", "New", SID] if state == "present" else ["Theirs", "New"])


def test_updates_that_are_lost_again_and_again_fail_loudly(
    bench: Bench, meddler: Meddler, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm, count = _statements.BucketStatements._confirm, iter(range(100))

    def meddled(*args: Any) -> None:
        bench.put(bench.other(Sid=f"New{next(count)}"))
        confirm(*args)

    monkeypatch.setattr(_statements.BucketStatements, "_confirm", meddled)
    failed = meddler.run(**bench.wish())
    assert failed["failed"]
    assert "LostUpdate: somebody else wrote this policy at the same time" in failed["msg"]
    assert "then run again" in failed["msg"]
    assert failed["changed"]
    assert failed["results"][0]["writes"] == [PUT] * 11
    assert failed["results"][0]["statement"] == bench.ours(A)


def test_reads_that_lag_behind_are_waited_for(bench: Bench) -> None:
    bench.put(bench.other())
    bench.fault("GetBucketPolicy", "stale", times=4)
    assert bench.one(**bench.wish())["writes"] == [PUT]
    assert bench.endpoints() == [A]


@pytest.mark.parametrize("by", ["with something new", "as it was"])
def test_what_is_lost_after_it_was_read_back_is_written_again(bench: Bench, meddler: Meddler, by: str) -> None:
    """The other one had read the policy before our write, and is slow."""
    bench.put(bench.other())
    news = [bench.other(Sid="New")] if by == "with something new" else []
    meddler.acts[READ_BACK] = lambda: bench.put(bench.other(), *news)
    assert meddler.run(**bench.wish())["results"][0]["writes"] == [PUT, PUT]
    assert [statement["Sid"] for statement in bench.policy()["Statement"]][-1] == SID


def test_a_policy_that_never_shows_the_change_fails(
    bench: Bench, run_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bench.put(bench.other())
    monkeypatch.setattr(_statements, "read_policy", lambda *args: before)
    args = {**bench.estate.access, "environment_name": "prod", **bench.wish()}
    failed = run_module(MODULE, args)
    assert "LostUpdate" in failed["msg"]
    assert failed["results"][0]["writes"] == [PUT] * 11


def test_runs_at_once_lose_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two environments let their endpoints into one bucket: neither reads what the other is about to replace."""
    read, both = _statements.read_policy, threading.Barrier(2)

    def read_policy(*args: Any) -> Any:
        found = read(*args)
        with contextlib.suppress(threading.BrokenBarrierError):  # who comes alone goes on alone
            both.wait(0.5)
        both.reset()
        return found

    def begin(environment: str) -> list[str]:
        access = Credentials(bench.estate.access["access_key"], "sandbox")
        statements = BucketStatements(Api("us-east-1", access, bench.estate.sandbox.url, rate=0))
        item = BucketStatement(**bench.wish(), environment=environment)
        (result,) = converge(statements, [item], statements.apply, Options(poll=0.02))
        return list(result.writes)

    monkeypatch.setattr(_statements, "read_policy", read_policy)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(begin, ["blue", "green"]))
    assert len(bench.policy()["Statement"]) == 2
    assert done == [[PUT]] * 2


# Lists


def test_statements_of_one_bucket_take_turns(bench: Bench) -> None:
    """None is lost, and check mode knows which one deletes the policy."""
    names = [f"n{number}" for number in range(6)]
    wishes = [bench.wish(name=name) for name in names]
    assert not bench.run(statements=wishes).get("failed")
    assert len(bench.policy()["Statement"]) == 6
    assert not bench.run(statements=wishes)["changed"]
    assert bench.estate.count("GetBucketPolicy") == 1
    gone = [bench.absent(name=name) for name in names]
    predicted = bench.run(check=True, statements=gone)
    assert [item["writes"] for item in predicted["results"]] == [[PUT]] * 5 + [[DELETE]]
    done = bench.run(statements=gone)
    assert sorted(name for item in done["results"] for name in item["writes"]) == [DELETE] + [PUT] * 5
    assert bench.policy() is None


def test_the_bucket_of_a_bad_item_is_open_to_others(bench: Bench) -> None:
    items = [bench.absent(), bench.absent(name="other"), bench.wish(name="bad", actions=["GetObject"])]
    other = BucketStatement(**bench.wish(name="other"), environment="prod").statement([A], "aws")
    bench.put(bench.ours(A), other)
    result = bench.run(statements=items, hold=[{"name": "orders", "reason": "it is kept"}])
    assert result["failed_items"] == ["orders", "bad"]
    assert result["results"][1]["writes"] == [PUT]
    assert bench.endpoints() == [A]


def test_one_call_for_each_bucket(bench: Bench) -> None:
    for number in range(20):
        bench.s3.create_bucket(Bucket=f"{bench.name}-{number}")
    wishes = [bench.wish(name=f"n{number}", bucket=f"{bench.name}-{number}") for number in range(20)]
    assert not bench.run(statements=wishes).get("failed")
    assert not bench.run(statements=wishes)["changed"]
    assert [call["operation"] for call in bench.estate.calls] == ["GetBucketPolicy"] * 20


def test_two_items_of_one_sid_are_refused(bench: Bench) -> None:
    wishes = [bench.wish(name=name, sid_prefix="Orders") for name in ("one", "two")]
    assert "refer to the same thing" in bench.run(statements=wishes)["msg"]
    assert bench.policy() is None


# Sids


def test_environments_share_no_statement(bench: Bench) -> None:
    for environment in ("prod", "Prod", "pr-od"):
        assert bench.one(**bench.wish(), environment_name=environment)["writes"] == [PUT]
    assert len(bench.policy()["Statement"]) == 3
    bench.run(**bench.absent(), environment_name="Prod")
    assert len(bench.policy()["Statement"]) == 2
    assert bench.endpoints() == [A]
    assert "Set environment_name" in bench.run(**bench.wish(), environment_name="")["msg"]


names = st.text(st.sampled_from("aB-_ ü1"), min_size=1, max_size=5)
prefixes = st.none() | st.text(st.sampled_from("aB1"), min_size=1, max_size=3)


@given(st.tuples(names, names, prefixes), st.tuples(names, names, prefixes))
def test_sids_differ_and_have_letters_and_digits(
    one: tuple[str, str, str | None], other: tuple[str, str, str | None]
) -> None:
    found = {}
    for name, environment, prefix in (one, other):
        options = {"bucket": "orders", "state": "absent", "environment": environment, "sid_prefix": prefix}
        sid = BucketStatement(name, **options).sid  # type: ignore[arg-type]
        assert sid.isalnum()
        assert sid.isascii()
        assert sid.startswith(prefix or "SaasPrivatelink")
        found[environment, prefix or "", "" if prefix else name] = sid
    assert len(set(found.values())) == len(found)


# Options


def good(**options: Any) -> BucketStatement:
    said = {"bucket": "orders", "vpc_endpoint_ids": [A], "principals": ["*"], "actions": READ, "environment": "prod"}
    return BucketStatement("orders", **{**said, **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bucket": None}, "Not the name of a general purpose bucket: None"),
        ({"bucket": "arn:aws:s3:::orders"}, "neither an ARN"),
        ({"bucket": "Orders"}, "Not the name"),
        ({"bucket": "or"}, "Not the name"),
        ({"bucket": "or..ders"}, "Not the name"),
        ({"bucket": "192.168.5.4"}, "Not the name"),
        ({"bucket": "orders\n"}, "Not the name"),
        ({"bucket": "orders--use1-az4--x-s3"}, "Not the name"),
        ({"bucket": "orders-s3alias"}, "Not the name"),
        ({"account": "1234"}, "Not an account id of 12 digits"),
        ({"environment": ""}, "Set environment_name"),
        ({"sid_prefix": "Orders-1"}, "sid_prefix is 1 to 64 letters and digits"),
        ({"sid_prefix": ""}, "sid_prefix is 1 to 64 letters and digits"),
        ({"sid_prefix": "Größe"}, "sid_prefix is 1 to 64 letters and digits"),
        ({"vpc_endpoint_ids": ["vpc-0a"]}, "Not the id of a VPC endpoint: 'vpc-0a'"),
        ({"vpc_endpoint_ids": ["vpce-0*"]}, "Not the id of a VPC endpoint"),
        ({"vpc_endpoint_ids": []}, "vpc_endpoint_ids is empty"),
        ({"principals": None}, "principals and actions say whom"),
        ({"principals": []}, "principals and actions say whom"),
        ({"actions": None}, "principals and actions say whom"),
        ({"principals": ["*", VENDOR]}, "is everybody: give it alone"),
        ({"principals": ["1234"]}, "Not a principal"),
        ({"principals": [f"arn:aws:iam::{VENDOR}:role/*"]}, "Not a principal"),
        ({"principals": ["lambda.amazonaws.com"]}, "Not a principal"),
        ({"actions": ["GetObject"]}, "Not an action of S3"),
        ({"actions": ["*"]}, "Not an action of S3"),
        ({"actions": ["ec2:RunInstances"]}, "Not an action of S3"),
    ],
)
def test_options_that_can_never_be_right(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ItemError, match=message):
        good(**options)


def test_good_options() -> None:
    role = f"arn:aws-us-gov:iam::{VENDOR}:role/some/path/reader+1"
    item = good(bucket="or.de-rs", principals=[role, VENDOR], actions=["s3:Get*"], sid_prefix="Orders")
    statement = item.statement([A], "aws-us-gov")
    assert statement["Principal"] == {"AWS": sorted([role, f"arn:aws-us-gov:iam::{VENDOR}:root"])}
    assert statement["Resource"] == ["arn:aws-us-gov:s3:::or.de-rs", "arn:aws-us-gov:s3:::or.de-rs/*"]
    assert good().statement([A], "aws")["Principal"] == "*"


# The info module


def test_what_is_shown(bench: Bench) -> None:
    look = {"bucket": bench.name, "account": bench.estate.account}
    shown = lambda **options: bench.estate.look(f"{MODULE}_info", **look, **options)["statements"]  # noqa: E731
    assert shown() == []
    unnamed = bench.other()
    del unnamed["Sid"]
    before = bench.put(unnamed, bench.ours(A, B), bench.deny(C))
    assert [row["statement"] for row in shown()] == before["Statement"]
    assert [(row["sid"], row["effect"], row["vpc_endpoint_ids"]) for row in shown()] == [
        ("", "Allow", []),
        (SID, "Allow", [A, B]),
        ("OnlyOurs", "Deny", []),
    ]
    assert [row["sid"] for row in shown(sid="OnlyOurs")] == ["OnlyOurs"]
    assert [row["sid"] for row in shown(vpc_endpoint_id=B)] == [SID]
    assert shown(vpc_endpoint_id=C) == []
    failed = bench.estate.look(f"{MODULE}_info", bucket=bench.name, account="444455556666")
    assert "AccessDenied" in failed["msg"]
