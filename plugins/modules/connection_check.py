#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: connection_check
short_description: Check that private endpoints answer, from the host on which it runs
version_added: 0.1.0
description:
  - Connects to many endpoints by TCP, and where told to by TLS, and says of each whether it answers, and if not, what
    may be the reason. All in one process and at the same time, so that a hundred that do not answer take a few seconds.
  - Runs on the host from which clients will connect, or one in the same VPC. Elsewhere private names do not resolve.
  - A host name may stand for several addresses, as one for each Availability Zone. Each of them is tried. An endpoint
    has failed when none of them can be used; addresses that do not answer are always reported.
  - Sends nothing beyond the TLS handshake, needs no credentials, and calls no AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.attributes.info
requirements:
  - python >= 3.9
  - dnspython, where O(nameservers) are given
options:
  endpoints:
    description:
      - The endpoints to try.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name of the endpoint, once in the list.
        type: str
        required: true
      host:
        description:
          - DNS name or IP address to connect to.
        type: str
        required: true
      port:
        description:
          - TCP port to connect to.
        type: int
        required: true
      tls:
        description:
          - Whether a TLS handshake must succeed, too. The module shows no certificate of its own.
        type: bool
        default: false
      server_name:
        description:
          - Name that the server's certificate must bear. The same as O(endpoints[].host) unless set.
        type: str
  timeout:
    description:
      - Seconds that an address may take to answer, TLS included. With O(nameservers), also those for the look-up of a
        name; the system's own look-ups keep the system's limits.
    type: float
    default: 5.0
  nameservers:
    description:
      - Name servers to ask, each an IP address or V(ip:port). Unset means that names resolve as for other programs of
        the host.
    type: list
    elements: str
  validate_certs:
    description:
      - Whether certificates of servers must be valid.
    type: bool
    default: true
  ca_path:
    description:
      - File with certificates of authorities in PEM format, or directory of such files named by their hashes, by which
        servers are verified instead of by those of the system.
    type: path
  on_item_failure:
    description:
      - What to do when endpoints failed.
      - V(fail) ends the task as failed and names each failed endpoint with its reason.
      - V(report) ends it as successful; RV(failed_items) tells.
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: saas.privatelink.preflight
"""

EXAMPLES = r"""
- name: See whether a database and the metrics answer
  saas.privatelink.connection_check:
    endpoints:
      - name: orders
        host: redis-12345.c1.us-east-1-mz.ec2.cloud.example.com
        port: 12345
        tls: true
      - name: metrics
        host: internal.c1.us-east-1-mz.ec2.cloud.example.com
        port: 8070
    on_item_failure: report
  delegate_to: application-host
  register: connections
"""

RETURN = r"""
results:
  description: What came of each endpoint, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the endpoint., type: str, returned: always, sample: orders}
    host: {description: Its host., type: str, returned: always, sample: 10.1.0.10}
    port: {description: Its port., type: int, returned: always, sample: 12345}
    addresses:
      description: The addresses that were tried.
      type: list
      elements: str
      returned: always
      sample: [10.1.0.10, 10.1.1.10]
    tcp: {description: Whether an address accepted a connection., type: bool, returned: always}
    tls:
      description: Whether a TLS handshake succeeded. Null where O(endpoints[].tls) is off.
      type: bool
      returned: always
    seconds:
      description: How long the slowest address took, or was waited for.
      type: float
      returned: always
      sample: 0.012
    failed: {description: Whether no address can be used., type: bool, returned: always}
    msg:
      description: Why it failed, or else which of its addresses cannot be used. Empty when all can.
      type: str
      returned: always
      sample: "10.1.0.10: no connection on port 12345: Connection refused"
failed_items:
  description: Names of the endpoints that failed.
  returned: always
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.saas.privatelink.plugins.module_utils._connection_check import (
    Checker,
    CheckError,
    Endpoint,
    tls_context,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.dns import parse_nameserver
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec

OPTIONS = {
    "endpoints": {"type": "list", "elements": "dict", "required": True, "options": argument_spec(Endpoint)},
    "timeout": {"type": "float", "default": 5.0},
    "nameservers": {"type": "list", "elements": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "on_item_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
}


def make_checker(module: AnsibleModule) -> Checker:
    """What the options ask for. Fails the module for options that no endpoint could be checked with."""
    params = module.params
    names = [endpoint["name"] for endpoint in params["endpoints"]]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        module.fail_json(msg=f"Two items of endpoints have the same name: {', '.join(twice)}.")
    if params["timeout"] <= 0:
        module.fail_json(msg="timeout must be more than 0 seconds.")
    try:
        for nameserver in params["nameservers"] or []:
            parse_nameserver(nameserver)
    except ValueError as error:
        module.fail_json(msg=f"nameservers: {error}.")
    try:
        context = tls_context(params["validate_certs"], params["ca_path"])
    except CheckError as error:
        module.fail_json(msg=f"ca_path: {error}.")
    return Checker(params["timeout"], context, params["nameservers"])


def main() -> None:
    module = AnsibleModule(OPTIONS, supports_check_mode=True)
    checker = make_checker(module)
    reports = checker.check([Endpoint(**endpoint) for endpoint in module.params["endpoints"]])
    failed = [report for report in reports if report.failed]
    for report in reports:
        if report.problems and not report.failed:
            module.warn(f"{report.endpoint.name}: not all addresses can be used: {report.problems}")
    answer = {
        "changed": False,
        "results": [report.as_dict() for report in reports],
        "failed_items": [report.endpoint.name for report in failed],
    }
    if failed and module.params["on_item_failure"] == "fail":
        module.fail_json(msg="; ".join(f"{report.endpoint.name}: {report.problems}" for report in failed), **answer)
    module.exit_json(**answer)


if __name__ == "__main__":
    main()
