# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package: the same bytes everywhere, and nothing else needed to run it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ansible import constants
from ansible.errors import AnsibleLookupError
from ansible_collections.saas.privatelink.plugins.lookup.ip_sync_package import LookupModule
from ansible_collections.saas.privatelink.plugins.plugin_utils import _ip_sync_package as package

from tests.sandbox.aws.lambda_.functions import Function

ONE = {"name": "orders", "target_group": "orders", "endpoint": "orders.example"}
CONFIGURATION = {"syncs": [ONE]}
BUILD = (
    "import hashlib, json, sys\n"
    "from ansible_collections.saas.privatelink.plugins.plugin_utils._ip_sync_package import build\n"
    "print(hashlib.sha256(build(json.loads(sys.argv[1]))).hexdigest())"
)


def built_elsewhere(folder: Path, **environment: str) -> str:
    command = [sys.executable, "-c", BUILD, json.dumps(CONFIGURATION)]
    variables = {**os.environ, **environment}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=True).stdout.strip()


def test_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    here = hashlib.sha256(package.build(CONFIGURATION)).hexdigest()
    assert built_elsewhere(tmp_path, PYTHONHASHSEED="1", TZ="Asia/Tokyo", LC_ALL="C") == here
    assert built_elsewhere(Path("/"), PYTHONHASHSEED="2", TZ="UTC") == here


def test_the_configuration_is_in_it_and_its_order_does_not_matter() -> None:
    turned = {"syncs": [dict(reversed(ONE.items()))]}
    assert package.build(turned) == package.build(CONFIGURATION)
    assert package.build({"syncs": []}) != package.build(CONFIGURATION)
    with zipfile.ZipFile(io.BytesIO(package.build(CONFIGURATION))) as archive:
        assert json.loads(archive.read(package.CONFIGURATION)) == CONFIGURATION


def test_what_is_in_it() -> None:
    with zipfile.ZipFile(io.BytesIO(package.build(CONFIGURATION))) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        assert names == sorted(names)
        assert archive.testzip() is None
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
        ours = {name for name in names if name.startswith("ip_sync/")}
        engine = {f"ip_sync/_ip_sync/{path.name}" for path in package.MODULE_UTILS.glob("_ip_sync/*.py")}
        beside = {"ip_sync/handler.py", "ip_sync/_core/dns.py", "ip_sync/_core/dns_answer.py", package.CONFIGURATION}
        assert ours == engine | beside
        assert "ip_sync/_ip_sync/handler.py" in ours
        others = set(names) - ours - {"licenses/dnspython.txt"}
        assert all(name.startswith("dns/") and name.endswith(".py") for name in others)
        assert "dns/message.py" in others
        assert b"ISC License" in archive.read("licenses/dnspython.txt")


def test_nothing_else_is_needed() -> None:
    """Isolated, without site-packages: dnspython must come from the package, botocore from the runtime."""
    variables = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    function = Function(package.build(CONFIGURATION), package.HANDLER, variables)
    try:
        answer = function.invoke({"check": True})
    finally:
        function.stop()
    (report,) = answer["payload"]["results"]
    assert not answer["error"]
    assert "credentials" in report["msg"]


def test_the_lookup() -> None:
    lookup = LookupModule()
    (path,) = lookup.run([CONFIGURATION])
    assert Path(path).read_bytes() == package.build(CONFIGURATION)
    assert Path(path).parent == Path(constants.DEFAULT_LOCAL_TMP)
    assert lookup.run([CONFIGURATION]) == [path]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "list of syncs"),
        ({"syncs": [{"name": "orders"}]}, "lacks target_group, endpoint"),
        ({"syncs": [{**ONE, "speed": 3}]}, "unknown member speed"),
        ({"syncs": [ONE, ONE]}, "same name: orders"),
        ({"syncs": [{**ONE, "port": 70000}]}, "port must be 1 to 65535"),
        ({"syncs": [{**ONE, "endpoint_kind": "cluster"}]}, "endpoint_kind is one of"),
        ({"syncs": [ONE], "color": "red"}, "unknown member color"),
    ],
)
def test_a_configuration_that_the_function_would_refuse(document: dict[str, object], told: str) -> None:
    with pytest.raises(AnsibleLookupError, match=told):
        LookupModule().run([document])


def test_without_dnspython(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dns", None)
    with pytest.raises(package.PackageError, match="dnspython must be installed"):
        package.build(CONFIGURATION)
