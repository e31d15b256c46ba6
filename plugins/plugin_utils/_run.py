# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the processes of one run of Ansible have in common.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import os

from ansible import constants
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import RUN


def share_credentials() -> None:
    """Let this worker, and the modules that it starts on this host, use the credentials that the run has already.

    Where the run's folder is goes into the environment of this process; nothing secret does.
    """
    os.environ[RUN] = str(constants.DEFAULT_LOCAL_TMP)
