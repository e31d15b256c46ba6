# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Python has compiled of this collection's code is kept, as Python does it for all other code.

This plugin util is PRIVATE to the collection.

Ansible's loader of collections compiles each file anew in each process that imports it (ansible-core 2.18 to 2.21, read
2026-11). Here files are imported by importlib's own loader, which looks into C(__pycache__) first; packages, and other
collections, are left to Ansible.
"""

from __future__ import annotations

import functools
import sys
import typing as t
from importlib.abc import MetaPathFinder
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader

PLUGINS = "ansible_collections.saas.privatelink.plugins."
ANSIBLES = "_AnsibleCollectionFinder"  # the finder of ansible-core 2.18 to 2.21; without it nothing is exchanged


@functools.cache
def _files(folder: str) -> FileFinder:
    return FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))


class KeptBytecode(MetaPathFinder):
    """Finds the files of this collection before Ansible does."""

    def find_spec(self, fullname: str, path: t.Sequence[str] | None = None, target: t.Any = None) -> ModuleSpec | None:
        if not fullname.startswith(PLUGINS):
            return None
        specs = (_files(folder).find_spec(fullname) for folder in path or ())
        return next((spec for spec in specs if spec and spec.has_location), None)


def keep_bytecode() -> None:
    """From here on, in this process and its forks. What was put before Ansible's finder stays before ours."""
    kinds = [type(finder).__name__ for finder in sys.meta_path]
    if ANSIBLES in kinds and KeptBytecode.__name__ not in kinds:
        sys.meta_path.insert(kinds.index(ANSIBLES), KeptBytecode())
