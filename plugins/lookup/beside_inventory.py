# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: beside_inventory
short_description: A path beside the inventory, never in it
version_added: 0.1.0
description:
  - Returns the path of a file or folder that lies beside the inventory's file. Where the inventory is a folder, of
    which Ansible would read all files, it lies beside that folder.
  - For hosts of no file, as with C(-i 'host,'), it lies in the current folder.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description: Names of files or folders.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: See where hand-off sheets lie
  ansible.builtin.debug:
    msg: "{{ lookup('saas.privatelink.beside_inventory', 'hand-off') }}"
"""

RETURN = r"""
_raw:
  description: Their paths.
  type: list
  elements: path
"""

import os
import typing as t

from ansible import constants as C
from ansible import context
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms: t.Any, variables: t.Any = None, **kwargs: t.Any) -> list[str]:
        sources = context.CLIARGS.get("inventory") or C.DEFAULT_HOST_LIST or []
        folder = beside((variables or {}).get("inventory_file"), [str(source) for source in sources])
        return [os.path.join(folder, str(term)) for term in terms]


def beside(inventory_file: t.Any, sources: t.Sequence[str]) -> str:
    """The folder beside that one of the ``sources`` of which a host of ``inventory_file`` comes.

    The outermost of several. Ansible has no variable that tells whether a source is a folder, and for hosts of no file
    C(inventory_file) is the text of C(-i) and C(inventory_dir) the text C(None).
    """
    if not inventory_file or not os.path.exists(str(inventory_file)):
        return os.getcwd()
    own = os.path.dirname(os.path.abspath(str(inventory_file)))
    place = os.path.realpath(own)
    folders = [os.path.realpath(source) for source in sources if os.path.isdir(source)]
    around = [folder for folder in folders if os.path.commonpath([folder, place]) == folder]
    return os.path.dirname(min(around, key=len)) if around else own
