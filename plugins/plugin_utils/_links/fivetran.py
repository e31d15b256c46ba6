# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links of Fivetran through an endpoint service, of which Fivetran's own API may make its side.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_destination_network import (
    DestinationNetwork,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_private_link import (
    OK,
    SERVICE_NAME,
    PrivateLink,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Known
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, Link, step
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.nlb_service import NlbServiceLink

ABSENT = "absent"  # a private link that is only planned, or that a limit forbids
PRIVATE_LINK, NETWORK = "private_link", "network"  # what the results of Fivetran's modules are given as


@dataclass(frozen=True, kw_only=True)
class FivetranServiceLink(NlbServiceLink):
    """One database that Fivetran reaches, by a ticket or by its API."""

    destination_id: str | None = optional(
        None,
        "Fivetran's id of the destination, which is that of its group. With API keys Fivetran then connects by its API,"
        " and the destination is switched to that and tested; without keys, a human does as the sheet says.",
    )
    private_link_name: str | None = optional(
        None, "Name of the private link at Fivetran. Default is O({links}[].name) with underscores for hyphens."
    )
    require_tls: bool = optional(
        True,
        "By API, whether TLS is required inside of the private link, too. Off, Fivetran falls back to clear text where"
        " TLS fails.",
    )
    trust_certificates: bool = optional(
        False, "By API, whether Fivetran trusts a certificate of the database that it does not know."
    )
    replace: bool = optional(
        False, "By API, whether a destination is switched that uses another private link now, or a tunnel or agent."
    )
    api_service: str | None = optional(None, "What Fivetran's API calls the kind of destination.")
    by_api: bool = optional(False, "Whether there are API keys. Facts of the run.")

    @property
    def asks(self) -> bool:
        """Whether Fivetran's part is done by its API."""
        return self.by_api and bool(self.destination_id)

    @property
    def at_fivetran(self) -> str:
        return self.private_link_name or self.name.replace("-", "_")

    def completed(self) -> Link:
        link = super().completed()
        # Nobody need be told anything: what is waited for says so itself.
        return dataclasses.replace(link, hand_off=None) if self.asks else link

    def checked(self, by_function: bool) -> Link:
        link = super().checked(by_function)
        if not self.asks or link.fault:
            return link
        try:
            PrivateLink(name=self.at_fivetran, state=self.state)
            DestinationNetwork(**self._network("private_link"))
        except ItemError as error:
            renamed = " Give the link a private_link_name." if "Fivetran's rule" in str(error) else ""
            return dataclasses.replace(link, fault=f"{error}{renamed}")
        return link

    def _network(self, private_link_id: str) -> Item:
        options = self.pick("destination_id", "require_tls", "trust_certificates", "replace", service="api_service")
        return {**options, "name": self.key, "private_link_id": private_link_id}

    def _private_link(self, known: Known) -> Item | None:
        """By the endpoint service, which tells it from another one of its name. None while there is no service."""
        service = known.get("service_name")
        if not self.asks or not is_of_form(SERVICE_NAME, service):
            return None
        region = str(service).split(".")[3]
        return {"name": self.at_fivetran, "region": region, "connection_service_name": service}

    @step
    def private_link(self, known: Known) -> Item | None:
        return None if self.awaiting else self._private_link(known)

    @step
    def private_link_absent(self, known: Known) -> Item | None:
        item = self._private_link(known)
        return {**item, "state": "absent"} if item else None

    @step
    def requested(self, known: Known) -> Item | None:
        """The acceptance once more, which waits for the request that a private link is about to raise."""
        moves = known.get("private_link_status") not in (None, OK, ABSENT)
        acceptance = self.acceptance(known) if moves else None
        return {**acceptance, "wait_for_request": True} if acceptance else None

    @step
    def network(self, known: Known) -> Item | None:
        ready = self.asks and known.get("private_link_status") == OK
        return self._network(str(known.get("private_link_id"))) if ready else None

    def explain(self, step: str, answer: t.Mapping[str, t.Any], known: Known) -> t.Mapping[str, t.Any] | None:
        """Fivetran knows a private link by another name, and what it has yet to do is the vendor's turn."""
        name = {PRIVATE_LINK: self.at_fivetran, NETWORK: self.key}.get(step)
        told = next((result for result in answer.get("results") or () if name and result["name"] == name), None)
        if told is None or not self.asks:
            return None
        names = ("changed", "failed", "msg", "writes", "waiting", "private_link_id", "setup_status", "setup_tests")
        said = {name: told[name] for name in names if told.get(name) is not None}
        kept = {"private_link_status": told.get("status")} if step == PRIVATE_LINK else {}
        whose = {"at_vendor": True} if self.present else {}
        return {**said, **kept, **whose, "name": self.key, "continue_after": told.get("continue_after") or ""}
