# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Of modules that bring things to their wanted state. Groups of modules stand with the options that they share.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Returns what a real run would, RV(results[].writes) being the calls that it would make, and makes none.
  diff_mode:
    support: full
    description: Shows each changed item before and after.
  idempotent:
    support: full
    description: A second run makes no write call.
"""

    # Of modules that change nothing.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: The module changes nothing.
  diff_mode:
    support: N/A
    description: The module changes nothing.
  idempotent:
    support: N/A
    description: The module changes nothing.
"""
