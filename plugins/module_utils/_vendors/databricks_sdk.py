# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Databricks' official SDK, loaded when it is first needed.

This module util is PRIVATE to the collection.

To load it takes a second of CPU (databricks-sdk 0.162.0, measured 2026-11). What only describes Databricks' objects, as
the links of an inventory, needs none of it.
"""

from __future__ import annotations

import functools
import types


@functools.cache
def sdk() -> types.SimpleNamespace:
    """The parts of the SDK, and of requests beneath it, that are used here. Raises ImportError where it is missing."""
    import requests
    from databricks.sdk import AccountClient, oauth
    from databricks.sdk.clock import RealClock
    from databricks.sdk.core import Config
    from databricks.sdk.errors.base import DatabricksError
    from requests.exceptions import JSONDecodeError, RequestException

    return types.SimpleNamespace(
        AccountClient=AccountClient,
        Config=Config,
        DatabricksError=DatabricksError,
        JSONDecodeError=JSONDecodeError,
        RealClock=RealClock,
        RequestException=RequestException,
        oauth=oauth,
        requests=requests,
    )
