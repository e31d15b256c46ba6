# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of one run: assumed once for all of its processes, renewed in time, and nobody else's."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws import credentials as module
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import RUN, Credentials, what_decides

from tests.sandbox.client import RunningSandbox

WHO = "sts:GetCallerIdentity"
OTHER = "999988887777"
ROLE = f"arn:aws:iam::{OTHER}:role/vendor-links"
CALL = """
import json, resource, sys
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import Credentials
url, key, role, largest_file = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest_file), int(largest_file)))
Api("us-east-1", Credentials(key, "secret", role_arn=role), url, rate=0).call("sts:GetCallerIdentity")
"""

Call = Callable[..., None]
Assumed = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run that this process and those that it starts belong to, with no other credentials."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    folder = tmp_path / "ansible-local-1"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv(RUN, str(folder))
    return folder


@pytest.fixture
def call(sandbox: RunningSandbox, account: str) -> Call:
    """``call(**options)`` calls AWS once as a role, with credentials of its own making, as a new process would."""

    def make(region: str = "us-east-1", endpoint_url: str = sandbox.url, **wanted: Any) -> None:
        chosen = {"access_key": account, "secret_key": "secret", "role_arn": ROLE, **wanted}
        Api(region, Credentials(**chosen), endpoint_url, rate=0).call(WHO)

    return make


@pytest.fixture
def assumed(sandbox: RunningSandbox) -> Assumed:
    """``assumed()``: the roles that were assumed since the test began, in that order."""
    before = max((call["n"] for call in sandbox.calls()), default=0)
    return lambda: [
        call["params"]["RoleArn"] for call in sandbox.calls(since=before) if call["operation"] == "AssumeRole"
    ]


@pytest.fixture
def slow(sandbox: RunningSandbox) -> Iterator[None]:
    """Every call takes a while, so that those who begin together meet."""
    sandbox.buckets(latency=0.5)
    yield
    sandbox.buckets(latency=0)


def kept(run: Path) -> list[Path]:
    """The files with credentials of a run."""
    return sorted(run.glob("*.json"))


def expire_in(run: Path, minutes: float) -> None:
    """Let what the run has end so many minutes from now."""
    for file in kept(run):
        content = json.loads(file.read_text(encoding="utf-8"))
        content["Credentials"]["Expiration"] = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
        file.write_text(json.dumps(content), encoding="utf-8")


def start(sandbox: RunningSandbox, account: str, largest_file: int = 1 << 20) -> subprocess.Popen[bytes]:
    """A process of the run that makes one call as the role."""
    return subprocess.Popen([sys.executable, "-c", CALL, sandbox.url, account, ROLE, str(largest_file)])


# One for all


def test_processes_of_a_run_that_begin_together_assume_a_role_once(
    sandbox: RunningSandbox, account: str, assumed: Assumed, slow: None, run: Path
) -> None:
    processes = [start(sandbox, account) for dummy in range(8)]
    assert [process.wait(timeout=120) for process in processes] == [0] * 8
    assert assumed() == [ROLE]
    assert [call["operation"] for call in sandbox.calls(OTHER)].count("GetCallerIdentity") == 8
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert len(kept(run)) == 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in run.iterdir()} == {0o600}


def test_who_comes_later_takes_what_is_there(call: Call, assumed: Assumed) -> None:
    call()
    call()
    call(external_id="")
    assert assumed() == [ROLE]


@pytest.mark.parametrize(
    "options",
    [
        {"role_arn": f"{ROLE}-2"},
        {"external_id": "for-us"},
        {"access_key": "111122223333"},
        {"region": "eu-west-1"},
        {"endpoint_url": "localhost"},
    ],
    ids=lambda options: next(iter(options)),
)
def test_other_credentials_are_not_taken(
    call: Call, assumed: Assumed, sandbox: RunningSandbox, options: dict[str, Any]
) -> None:
    call()
    if "endpoint_url" in options:
        options = {"endpoint_url": sandbox.url.replace("127.0.0.1", "localhost")}
    call(**options)
    assert len(assumed()) == 2
    call()
    call(**options)
    assert len(assumed()) == 2


def test_what_decides_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN"):
        monkeypatch.setenv(name, "hush")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/a/file")
    decides = json.dumps(what_decides(Credentials("key", "hush", "hush", "profile"), "region", "url"))
    assert "hush" not in decides
    assert all(f'"{source}"' in decides for source in ("key", "profile", "region", "url", "/a/file"))


def test_keys_for_others_are_those_of_one_session(sandbox: RunningSandbox, account: str, assumed: Assumed) -> None:
    first, second = (
        Api("us-east-1", Credentials(account, "secret", role_arn=ROLE), sandbox.url).role_keys() for dummy in range(2)
    )
    assert first == second
    assert assumed() == [ROLE]
    assert first["access_key"].startswith(f"ASIA{OTHER}")
    assert first["session_token"] == f"{first['secret_key']}-token"


def test_a_refusal_names_the_role(sandbox: RunningSandbox, account: str, run: Path) -> None:
    sandbox.fault("sts", "AssumeRole", "deny", account=account, times=2)
    api = Api("us-east-1", Credentials(account, "secret", role_arn=ROLE), sandbox.url)
    with pytest.raises(CallError, match=rf"^sts:AssumeRole \({ROLE}\): AccessDenied: .*trust policy of the role"):
        api.role_keys()
    with pytest.raises(CallError, match=rf"^sts:AssumeRole \({ROLE} to call {WHO}\): AccessDenied: "):
        api.call(WHO)
    assert kept(run) == []


# Profiles


def write_profile(key: str) -> None:
    """A profile ``data`` that assumes ROLE with a key."""
    profile = f"[profile data]\nrole_arn = {ROLE}\nsource_profile = base\n"
    Path(os.environ["AWS_CONFIG_FILE"]).write_text(profile, encoding="utf-8")
    keys = f"[base]\naws_access_key_id = {key}\naws_secret_access_key = secret\n"
    Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"]).write_text(keys, encoding="utf-8")


@pytest.mark.parametrize("further", [None, f"{ROLE}-2"], ids=["profile", "profile and role"])
def test_a_profile_that_assumes_a_role_does_so_once(
    call: Call, assumed: Assumed, sandbox: RunningSandbox, account: str, further: str | None
) -> None:
    write_profile(account)
    options = {"access_key": None, "secret_key": None, "profile": "data", "role_arn": further}
    for _dummy in range(2):
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("AWS_ENDPOINT_URL", sandbox.url)
            call(**options)
    assert assumed() == [role for role in (ROLE, further) if role]
    write_profile("111122223333")  # another's now
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ENDPOINT_URL", sandbox.url)
        call(**options)
    assert len(assumed()) == (4 if further else 2)


# In time


@pytest.mark.parametrize(("minutes", "times"), [(16, 1), (14, 2), (-1, 2)])
def test_what_ends_within_15_minutes_is_renewed(
    call: Call, assumed: Assumed, run: Path, minutes: float, times: int
) -> None:
    call()
    expire_in(run, minutes)
    call()
    call()
    assert assumed() == [ROLE] * times


@pytest.mark.parametrize(("minutes", "times"), [(31, 1), (29, 2)])
def test_who_cannot_renew_gets_what_lasts_longer(
    call: Call, assumed: Assumed, run: Path, minutes: float, times: int
) -> None:
    call()
    expire_in(run, minutes)
    call(lasting=30 * 60)
    call()
    assert assumed() == [ROLE] * times


def test_a_process_that_runs_long_takes_what_another_has_renewed(
    call: Call, assumed: Assumed, sandbox: RunningSandbox, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api("us-east-1", Credentials(account, "secret", role_arn=ROLE), sandbox.url, rate=0)
    api.call(WHO)
    begun = datetime.fromtimestamp(sandbox.control("GET", "clock")["now"], UTC)  # other tests may have stepped it
    later = begun + timedelta(minutes=46)  # of the hour that they last
    monkeypatch.setattr("botocore.credentials._local_now", lambda: later)
    monkeypatch.setattr(api.client("sts")._request_signer._credentials, "_time_fetcher", lambda: later)
    sandbox.sessions(7200)
    try:
        call()
        api.call(WHO)
        api.call(WHO)
    finally:
        sandbox.sessions(None)
    assert assumed() == [ROLE] * 2


@pytest.mark.parametrize(
    ("service", "action", "code"),
    [("sts", WHO, "ExpiredToken"), ("ram", "ram:GetResourceShares", "ExpiredTokenException")],
)
def test_what_aws_refuses_is_not_kept(
    assumed: Assumed, sandbox: RunningSandbox, account: str, service: str, action: str, code: str
) -> None:
    """The clock of this machine may be wrong, or somebody has ended the sessions of the role."""
    options: dict[str, Any] = {"resourceOwner": "SELF"} if service == "ram" else {}
    sandbox.fault(service, action.split(":")[1], "error", account=OTHER, code=code, status=400)
    wanted = Credentials(account, "secret", role_arn=ROLE)
    with pytest.raises(CallError, match=code):
        Api("us-east-1", wanted, sandbox.url, rate=0).call(action, **options)
    Api("us-east-1", wanted, sandbox.url, rate=0).call(action, **options)
    assert assumed() == [ROLE] * 2


# Where nothing can be shared


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"null", b"[1]", b"\xff\xfe\x00", b'{"Credentials": {}}', b'{"Credentials": 1}'),
        b'{"Credentials": {"AccessKeyId": "A", "Expiration": "soon"}}',
        b'{"Credentials": {"AccessKeyId": "A", "Expiration": "2999-01-01T00:00:00Z"}}',
    ],
)
def test_a_torn_or_foreign_file_is_replaced(call: Call, assumed: Assumed, run: Path, content: bytes) -> None:
    call()
    (file,) = kept(run)
    file.write_bytes(content)
    call()
    call()
    assert assumed() == [ROLE] * 2


def test_without_a_private_folder_each_process_assumes_for_itself(
    call: Call, assumed: Assumed, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.chmod(0o750)  # others could look into it
    call()
    run.chmod(0o700)
    link = run.with_name("link")
    link.symlink_to(run)
    for folder in (link, run / "nowhere", Path(sys.executable)):
        monkeypatch.setenv(RUN, str(folder))
        call()
    monkeypatch.delenv(RUN)
    call()
    monkeypatch.setenv(RUN, str(run))
    monkeypatch.setattr(module, "fcntl", None)
    call()
    assert assumed() == [ROLE] * 6
    assert list(run.iterdir()) == []


def test_a_folder_of_another_user_is_not_used(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(module.cache_for("x"), module.Shared)
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert isinstance(module.cache_for("x"), module.Alone)


def test_a_full_disk_does_not_stop_it(sandbox: RunningSandbox, account: str, assumed: Assumed, run: Path) -> None:
    for _dummy in range(2):
        assert start(sandbox, account, largest_file=0).wait(timeout=60) == 0
    assert assumed() == [ROLE] * 2
    assert kept(run) == []
    assert start(sandbox, account).wait(timeout=60) == 0
    assert len(kept(run)) == 1


def test_a_run_that_has_ended_is_not_brought_back(sandbox: RunningSandbox, account: str, run: Path) -> None:
    api = Api("us-east-1", Credentials(account, "secret", role_arn=ROLE), sandbox.url, rate=0)
    run.rmdir()
    api.call(WHO)
    assert not run.exists()


def test_nobody_waits_for_a_process_that_hangs(
    call: Call, assumed: Assumed, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call()
    expire_in(run, 1)
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    (lock,) = run.glob("*.lock")
    with lock.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        call()
    assert assumed() == [ROLE] * 2
