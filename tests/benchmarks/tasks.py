# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks that are measured: ours over lists, and the peers' over a loop."""

from __future__ import annotations

from typing import Any

from tests.sandbox.client import SandboxClient

from .estate import PORT, SERVICE, Item, address

Task = dict[str, Any]
PEER = "amazon.aws.ec2_vpc_endpoint"
PEER_SYNC = "community.aws.elb_target_group"


def ours(module: str, option: str, items: list[Item], **options: Any) -> Task:
    """One task of ours over a list; of a single item, its own options."""
    given = dict(items[0]) if len(items) == 1 else {option: items}
    return {f"saas.privatelink.{module}": {**given, **options}}


def services(items: list[Item], principals: list[str] | None = None, **options: Any) -> Task:
    """endpoint_service, found by the collection's tag; with ``principals`` it also reads each one's permissions."""
    wanted = [{key: value for key, value in item.items() if key != "service_id"} for item in items]
    allowed = {"allowed_principals": principals} if principals else {}
    return ours("endpoint_service", "services", [{**item, **allowed} for item in wanted], **options)


def connections(items: list[Item], **options: Any) -> Task:
    return ours("accept_connection", "connections", items, **options)


def balancers(items: list[Item], **options: Any) -> Task:
    return ours("network_load_balancer", "load_balancers", items, **options)


def syncs(items: list[Item], sandbox: SandboxClient, **options: Any) -> Task:
    nameserver = f"127.0.0.1:{sandbox.health()['dns_port']}"
    return ours("nlb_ip_sync", "syncs", items, nameservers=[nameserver], **options)


def peer_endpoints(vpc: str, ids: list[str]) -> Task:
    """amazon.aws manages one endpoint a task."""
    options = {"vpc_id": vpc, "service": SERVICE, "vpc_endpoint_type": "Interface"}
    return {PEER: {**options, "vpc_endpoint_id": "{{ item }}"}, "loop": ids}


def peer_syncs(vpc: str, items: list[Item]) -> Task:
    """community.aws manages one target group a task, and knows addresses only."""
    groups = [{"name": item["target_group"], "ip": address(number)} for number, item in enumerate(items)]
    options = {"name": "{{ item.name }}", "protocol": "tcp", "port": PORT, "vpc_id": vpc, "target_type": "ip"}
    targets = [{"Id": "{{ item.ip }}", "Port": PORT}]
    return {PEER_SYNC: {**options, "targets": targets, "state": "present"}, "loop": groups}


def light() -> Task:
    """What most tasks of a role are: no module's process, a filter of the collection."""
    return {"ansible.builtin.set_fact": {"ours": "{{ [] | saas.privatelink.link_report([]) }}"}}
