# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: ip_sync_package
short_description: The package of the Lambda function that keeps target groups in line with DNS names
version_added: 0.1.0
description:
  - Makes a zip of the collection's own IP sync, the installed dnspython with its licence, and a configuration, and
    returns the path of the file. The function's handler in it is C(ip_sync.handler.handler).
  - The same configuration and the same versions make the same bytes on every machine, so a module that compares a
    function's code by its checksum changes it only when there is something new.
  - The file lies in Ansible's temporary folder on the controller, in check mode too, and goes with it at the end of
    the run. A task that uses it must run on the controller.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description:
      - One configuration. Its C(syncs) are items of M(saas.privatelink.nlb_ip_sync) with C(name), C(target_group) and
        C(endpoint). It may have C(nameservers), C(resolve_timeout), and C(budget), C(interval) and C(drift_interval) of
        the watch that follows an event, in seconds.
    type: list
    elements: dict
    required: true
requirements:
  - dnspython on the controller
"""

EXAMPLES = r"""
- name: Deploy the function
  vars:
    configuration:
      syncs:
        - name: orders
          target_group: fivetran-orders-5432
          endpoint: orders.cluster-abc.us-east-1.rds.amazonaws.com
          endpoint_kind: writer
  amazon.aws.lambda:
    name: ip-sync
    runtime: python3.13
    handler: ip_sync.handler.handler
    zip_file: "{{ lookup('saas.privatelink.ip_sync_package', configuration) }}"
    role: arn:aws:iam::123456789012:role/ip-sync
"""

RETURN = r"""
_raw:
  description: Path of the zip.
  type: list
  elements: path
"""

import hashlib
import json
import os
import tempfile
import typing as t
from pathlib import Path

from ansible import constants
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.settings import Settings
from ansible_collections.saas.privatelink.plugins.plugin_utils._ip_sync_package import PackageError, build


class LookupModule(LookupBase):
    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[str]:
        try:
            return [write(build(checked(term))) for term in terms]
        except (PackageError, ValueError) as error:
            raise AnsibleLookupError(f"ip_sync_package: {error}") from error


def checked(term: t.Any) -> t.Mapping[str, t.Any]:
    """A configuration that the function will understand. Raises ValueError."""
    Settings.from_json(json.dumps(term))
    return t.cast("t.Mapping[str, t.Any]", term)


def write(content: bytes) -> str:
    """Put the content into Ansible's temporary folder, under a name that follows from it. Returns the path."""
    path = Path(constants.DEFAULT_LOCAL_TMP) / f"ip-sync-{hashlib.sha256(content).hexdigest()[:16]}.zip"
    if not path.exists():
        handle, unfinished = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(unfinished, path)
    return str(path)
