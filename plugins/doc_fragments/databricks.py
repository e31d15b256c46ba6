# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The account of Databricks that a module calls.
    DOCUMENTATION = r"""
options:
  host:
    description:
      - Address of the account console, not of a workspace.
      - If not set, the environment variable E(DATABRICKS_HOST) is used, else the profile's, else
        C(https://accounts.cloud.databricks.com), or that of O(govcloud_shard).
    type: str
  account_id:
    description:
      - Id of the Databricks account, which the account console shows. Not that of an AWS account.
      - If not set, the environment variable E(DATABRICKS_ACCOUNT_ID) is used, else the profile's.
    type: str
  client_id:
    description:
      - Client id of a service principal that is an admin of the account.
      - If not set, the environment variable E(DATABRICKS_CLIENT_ID) is used.
    type: str
  client_secret:
    description:
      - OAuth secret of the service principal.
      - If not set, the environment variable E(DATABRICKS_CLIENT_SECRET) is used.
    type: str
  profile:
    description:
      - Profile of C(~/.databrickscfg), or of the file that E(DATABRICKS_CONFIG_FILE) names, to sign in with. What is
        set otherwise goes before what it holds.
      - If not set, the environment variable E(DATABRICKS_CONFIG_PROFILE) is used. Without either the file is never
        read.
    type: str
  auth_type:
    description:
      - Another way to sign in, in the words of Databricks' SDK, such as V(env-oidc), V(file-oidc) or V(github-oidc).
        What it takes comes from the environment variables that the SDK reads.
      - If not set, the environment variable E(DATABRICKS_AUTH_TYPE) is used, else V(oauth-m2m), with O(client_id) and
        O(client_secret); with a profile, what that holds.
    type: str
  govcloud_shard:
    description:
      - Which of Databricks' two clouds in AWS GovCloud the account is in. Never guessed from a region, which holds
        both.
    type: str
    choices: [civilian, dod]
  api_timeout:
    description:
      - How long to wait for the answer to one request, in seconds. Some calls make what they are asked for before they
        answer, which takes minutes.
    type: int
    default: 180
attributes:
  action_group:
    support: full
    description: Use C(group/saas.privatelink.databricks) in C(module_defaults) to set options for all modules at once.
    membership:
      - saas.privatelink.databricks
notes:
  - Databricks' objects carry no tags, so nothing shows who made one. An item means the object with the id that it
    gives, else the one for the thing in AWS that it gives, else the one of exactly its name. Where that is more than
    one, nothing is done.
  - Runs that make objects of the same names in one account at the same time may make them twice.
  - A refusal for too many calls is waited for, but never longer than the task goes on. It then says when to run again.
requirements:
  - python >= 3.10
  - databricks-sdk >= 0.162.0
"""
