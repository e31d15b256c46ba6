# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Options of modules that converge one item or a list of them.
    DOCUMENTATION = r"""
options:
  on_item_failure:
    description:
      - What to do when items failed. The other items are finished either way.
      - V(fail) ends the task as failed and names each failed item with its reason.
      - V(report) ends it as successful; RV(failed_items) tells.
    type: str
    choices: [fail, report]
    default: fail
  wait:
    description:
      - Wait until what was changed has taken effect. One wait serves all items.
      - Without it, steps that must come later are left to the next run; RV(results[].waiting) names what they wait for.
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait, in seconds. What is still moving then is returned in RV(results[].waiting); running again
        goes on from there.
    type: int
    default: 600
  hold:
    description:
      - Items that must not be changed. One that would have to be fails with the reason, and no call is made for it; one
        that is as it shall be is returned as ever. Names of no item are passed over.
    type: list
    elements: dict
    suboptions:
      name: {description: Name of the item., type: str, required: true}
      reason: {description: "Why it must not be changed, and what to do about it.", type: str, required: true}
      yields:
        description: Whether an item that cannot be changed anyway fails with the reason of that instead.
        type: bool
        default: false
"""
