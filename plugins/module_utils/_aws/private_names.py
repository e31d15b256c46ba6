# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private DNS names of services: in one VPC, one Interface endpoint has that of a service. Pure.

This module util is PRIVATE to the collection.

Source: terraform-provider-aws issues 17269 and 17535 (what AWS refuses, and for how long), read 2026-11.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

DEFAULT = "on, if the service has a private DNS name (not set, AWS's default)"
ENDED = ("expired", "failed", "rejected", "deleted")
Endpoint = t.Mapping[str, t.Any]


def holders(
    endpoints: t.Iterable[Endpoint], vpc_id: str | None, service: str | None, own: t.AbstractSet[str]
) -> list[Endpoint]:
    """Endpoints to a service in a VPC that have private DNS, without those of the ids ``own``."""
    return [
        endpoint
        for endpoint in endpoints
        if service and (endpoint.get("VpcId"), endpoint.get("ServiceName")) == (vpc_id, service)
        if endpoint.get("PrivateDnsEnabled") and endpoint["VpcEndpointId"] not in own and _state(endpoint) not in ENDED
    ]


def to_be_free(name: str, others: t.Sequence[Endpoint], is_wanted: bool) -> str:
    """What private DNS of the endpoint ``name`` must wait for; "" for nothing, or where it is not wanted.

    Raises ItemError where another endpoint has it and stays.
    """
    if not others or not is_wanted:
        return ""
    staying = sorted(endpoint["VpcEndpointId"] for endpoint in others if _state(endpoint) != "deleting")
    if staying:
        raise ItemError(
            f"{', '.join(staying)} has the private DNS name of {others[0]['ServiceName']} in this VPC, where only one "
            f"endpoint can have it. Nothing was changed. Set private_dns_enabled=false for {name}, or use the other "
            "one by vpc_endpoint_id with adopt=true."
        )
    return f"endpoint {others[0]['VpcEndpointId']} to be deleted"


def _state(endpoint: Endpoint) -> str:
    return str(endpoint["State"]).lower()
