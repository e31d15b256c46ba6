# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The account of Redis Cloud that a module calls.
    DOCUMENTATION = r"""
options:
  account_key:
    description:
      - Redis Cloud's API account key. The API must be enabled for the account.
      - If not set, the environment variable E(REDISCLOUD_ACCESS_KEY) is used. One of both is required.
    type: str
  secret_key:
    description:
      - Redis Cloud's API user key, of an owner or manager of the account.
      - If not set, the environment variable E(REDISCLOUD_SECRET_KEY) is used. One of both is required.
    type: str
  api_url:
    description:
      - Where the API is, with its version.
      - If not set, the environment variable E(REDISCLOUD_URL) is used where it is set.
    type: str
    default: https://api.redislabs.com/v1
  validate_certs:
    description:
      - Whether the API's certificate is verified.
    type: bool
    default: true
  api_timeout:
    description:
      - How long to wait for the answer to one request, in seconds.
    type: int
    default: 30
attributes:
  action_group:
    support: full
    description: Use C(group/saas.privatelink.redis_cloud) in C(module_defaults) to set options for all modules at once.
    membership:
      - saas.privatelink.redis_cloud
notes:
  - Redis Cloud answers 400 requests a minute for each account; the module stays below that, together with all other
    tasks of this user on this machine, and repeats what is refused all the same.
  - Redis Cloud works on one task of an account at a time, reads included, so many private links take their time.
requirements:
  - python >= 3.9
"""
