# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Written by tests/tools/generate: the same for every module.

from __future__ import annotations

from ansible_collections.saas.privatelink.plugins.plugin_utils._module_action import module_action

ActionModule = module_action(__name__)
