# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The account of Fivetran that a module calls.
    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - Key of Fivetran's REST API, which its dashboard makes.
      - If not set, the environment variable E(FIVETRAN_API_KEY) is used. One of both is required.
    type: str
  api_secret:
    description:
      - The secret of the key.
      - If not set, the environment variable E(FIVETRAN_API_SECRET) is used. One of both is required.
    type: str
  api_url:
    description:
      - Where the API is, without its version.
      - If not set, the environment variable E(FIVETRAN_API_URL) is used where it is set.
    type: str
    default: https://api.fivetran.com
  trial:
    description:
      - Whether the account is a trial one, for which Fivetran's limits are lower. Those that are not known are
        met, and then kept to, all the same.
    type: bool
    default: false
  validate_certs:
    description:
      - Whether the API's certificate is verified.
    type: bool
    default: true
  api_timeout:
    description:
      - How long to wait for the answer to one request, in seconds. Setup tests have five minutes at least.
    type: int
    default: 30
attributes:
  action_group:
    support: full
    description: Use C(group/saas.privatelink.fivetran) in C(module_defaults) to set options for all modules at once.
    membership:
      - saas.privatelink.fivetran
notes:
  - Fivetran limits what an account does in any hour, whoever does it, to 5 private links made (a trial account 1),
    2,500 setup tests (50), 250 of them in any minute, and 20,000 calls (500). The module waits at most a minute for
    that. What would have to wait longer is left, with the time at which to go on.
requirements:
  - python >= 3.9
"""
