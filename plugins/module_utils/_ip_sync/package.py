# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The package of the IP sync function: a zip that depends on nothing but what is in it.

It holds the engine's files, dnspython and what the function is told, and is as good on another machine as on this one.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import typing as t
import zipfile
from pathlib import Path

from .._core import dns as lookups
from .._core import dns_answer, forms
from . import core, driver, group, guard, handler, model, service, settings

OURS = (core, driver, group, guard, handler, model, service, settings, lookups, dns_answer, forms)
FOLDER = "ip_sync"
HANDLER = f"{FOLDER}.handler.handler"
ENTRY = "from ._ip_sync.handler import handler  # noqa: F401\n"
CONFIGURATION = f"{FOLDER}/ip_sync.json"
LICENCE = "licenses/dnspython.txt"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold
REGULAR_FILE = 0o100644 << 16


class PackageError(Exception):
    """The package cannot be made here; the message says why."""


def build(configuration: t.Mapping[str, t.Any]) -> bytes:
    """The zip: the engine's files, dnspython's, its licence and the configuration.

    The same configuration, collection and dnspython make the same bytes everywhere: names are sorted, times and
    permissions fixed, and nothing is compressed, since compressors differ. Raises PackageError without dnspython, and
    for a configuration that the function would refuse.
    """
    text = json.dumps(configuration, sort_keys=True, indent=1) + "\n"
    try:
        settings.Settings.from_json(text)
    except ValueError as error:
        raise PackageError(str(error)) from error
    files = {**_ours(), **_dnspython(), CONFIGURATION: text.encode()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr, entry.create_system = REGULAR_FILE, 3  # as made on Unix, also on other systems
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def _ours() -> dict[str, bytes]:
    """The engine's files by their names in the package. Where Ansible runs this, they may be in a zip themselves."""
    files = {f"{FOLDER}/handler.py": ENTRY.encode()}
    for module in OURS:
        loader: t.Any = module.__spec__.loader if module.__spec__ else None
        name = "/".join(module.__name__.split(".")[-2:])
        files[f"{FOLDER}/{name}.py"] = bytes(loader.get_data(str(module.__file__)))
    return files


def _dnspython() -> dict[str, bytes]:
    try:
        import dns
    except ImportError as error:
        raise PackageError("dnspython must be installed where the module runs: it goes into the package.") from error
    folder = Path(str(dns.__file__)).parent
    files = {f"dns/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in folder.rglob("*.py")}
    return {**files, LICENCE: _licence(folder)}


def _licence(folder: Path) -> bytes:
    """dnspython's licence, which its terms want beside every copy; a distribution's package keeps it elsewhere."""
    try:
        listed = importlib.metadata.distribution("dnspython").files or []
    except importlib.metadata.PackageNotFoundError:
        listed = []
    candidates = [Path(str(file.locate())) for file in listed if file.name == "LICENSE"]
    candidates.append(Path("/usr/share/doc/python3-dnspython/copyright"))
    for path in candidates:
        if path.is_file():
            return path.read_bytes()
    raise PackageError(f"The licence of dnspython is not beside {folder}: install dnspython from a package with it.")
