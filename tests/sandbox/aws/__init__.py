# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS as far as the sandbox performs it itself: one folder per service, one file per resource."""

from __future__ import annotations

import importlib
import keyword
from pathlib import Path


def room(service: str) -> str:
    """The name of a service's folder: botocore's, as Python can import it."""
    name = service.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


def load() -> None:
    """Import every file of every service, so that its operations are registered; a new file needs no list."""
    for path in sorted(Path(__file__).parent.glob("*/*.py")):
        importlib.import_module(f"{__name__}.{path.parent.name}.{path.stem}")
