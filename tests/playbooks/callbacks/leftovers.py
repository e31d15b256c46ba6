# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback that looks, at the end of a run, for what Ansible's own process must not hold: sessions and secrets.

It writes what it has found to the file that LEFTOVERS names, and which text it looked for is the pattern in WANTED.
"""

from __future__ import annotations

import gc
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase
from botocore.client import BaseClient
from botocore.credentials import Credentials
from botocore.session import Session


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "leftovers"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_stats(self, stats: Any) -> None:
        gc.unfreeze()
        gc.collect()
        everything = gc.get_objects()
        wanted = re.compile(os.environ["WANTED"])
        alive = [type(thing).__name__ for thing in everything if isinstance(thing, (BaseClient, Credentials, Session))]
        told = [text for thing in everything for text in texts(thing) if wanted.search(text)]
        found = {"looked at": len(everything), "alive": alive, "texts": told}
        Path(os.environ["LEFTOVERS"]).write_text(json.dumps(found), encoding="utf-8")


def texts(thing: Any) -> Iterator[str]:
    """The texts that an object holds, itself or in what the garbage collector does not list."""
    for part in gc.get_referents(thing):
        if isinstance(part, str):
            yield part
        elif not gc.is_tracked(part):
            yield from texts(part)
