# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module as Ansible does, but in this process: real arguments in, the JSON that Ansible would read out."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import botocore.loaders
import botocore.session
import pytest
from ansible.module_utils.testing import patch_module_args

RunModule = Callable[..., dict[str, Any]]
MODULES = "ansible_collections.saas.privatelink.plugins.modules"


def run(module: str, args: Mapping[str, Any], check: bool = False, diff: bool = False) -> dict[str, Any]:
    """What the module of that name prints for these options, also when it fails (``failed`` is then true)."""
    main = importlib.import_module(f"{MODULES}.{module}").main
    special = {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
    printed = io.StringIO()
    with patch_module_args({**args, **special}), contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        main()
    result: dict[str, Any] = json.loads(printed.getvalue().strip().splitlines()[-1])
    return result


@pytest.fixture
def run_module() -> RunModule:
    """``run_module(module, args, check=False, diff=False) -> result``."""
    return run


@pytest.fixture(scope="session", autouse=True)
def shared_models() -> Iterator[None]:
    """Parse botocore's service models once for all runs of this process: they are most of the time of a run."""
    loader = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda search_path_string=None: loader)
        yield
