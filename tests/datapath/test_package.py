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
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync import package

from tests.sandbox.aws.lambda_.functions import Function

ONE = {"name": "orders", "target_group": "orders", "endpoint": "orders.example"}
CONFIGURATION = {"syncs": [ONE]}
BUILD = (
    "import hashlib, json, sys\n"
    "from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.package import build\n"
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


def test_the_same_bytes_where_ansible_has_zipped_the_module(tmp_path: Path) -> None:
    utils, zipped = Path(package.__file__).parents[1], tmp_path / "payload.zip"
    root = "ansible_collections/saas/privatelink/plugins/module_utils"
    with zipfile.ZipFile(zipped, "w") as archive:
        folders = [str(folder) for folder in Path(root, "_core").parents] + [f"{root}/_core"]
        for folder in sorted(set(folders) - {"."}):
            archive.writestr(f"{folder}/__init__.py", "")
        for path in [*utils.glob("_core/dns*.py"), utils / "_core/forms.py", *utils.glob("_ip_sync/*.py")]:
            archive.write(path, f"{root}/{path.relative_to(utils)}")
    command = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(zipped)!r})\n{BUILD}",
        json.dumps(CONFIGURATION),
    ]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()
    assert answer == hashlib.sha256(package.build(CONFIGURATION)).hexdigest()


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
        files = {path.name for path in Path(package.__file__).parent.glob("*.py")}
        engine = {f"ip_sync/_ip_sync/{name}" for name in files - {"__init__.py", "by_hand.py", "package.py"}}
        core = {f"ip_sync/_core/{name}.py" for name in ("dns", "dns_answer", "forms")}
        assert ours == engine | core | {"ip_sync/handler.py", package.CONFIGURATION}
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


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "list of syncs"),
        ({"syncs": [{"name": "orders"}]}, "lacks target_group, endpoint"),
        ({"syncs": [{**ONE, "speed": 3}]}, "unknown member speed"),
        ({"syncs": [ONE, ONE]}, "same name: orders"),
        ({"syncs": [{**ONE, "port": 70000}]}, "orders: port: 70000 is not between 1 and 65535"),
        ({"syncs": [{**ONE, "port": "5432\n"}]}, "no whole number"),
        ({"syncs": [{**ONE, "name": "orders\nERROR"}]}, "the name of a sync has"),
        ({"syncs": [{**ONE, "target_group": "*"}]}, r"target_group is the name or ARN of one, not '\*'"),
        ({"syncs": [{**ONE, "endpoint": "orders.example:5432"}]}, "take away ':5432'"),
        ({"syncs": [{**ONE, "endpoint": "https://orders.example"}]}, "take away 'https://'"),
        ({"syncs": [{**ONE, "endpoint": ["orders.example"]}]}, "it is no text"),
        ({"syncs": [ONE], "nameservers": ["ns.example"]}, "'ns.example' is not the address of a name server"),
        ({"syncs": [ONE], "nameservers": "10.0.0.2"}, "nameservers are a list"),
        ({"syncs": [ONE], "budget": "150"}, "budget is a number of seconds"),
        ({"syncs": [ONE], "budget": 900}, "at most 855 seconds"),
        ({"syncs": [ONE], "interval": 0}, "more than 0"),
        ({"syncs": [{**ONE, "endpoint_kind": "cluster"}]}, "endpoint_kind is one of"),
        ({"syncs": [ONE], "color": "red"}, "unknown member color"),
    ],
)
def test_a_configuration_that_the_function_would_refuse(document: dict[str, object], told: str) -> None:
    with pytest.raises(package.PackageError, match=told):
        package.build(document)


def test_without_dnspython(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dns", None)
    with pytest.raises(package.PackageError, match="dnspython must be installed"):
        package.build(CONFIGURATION)
