# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to a Redshift cluster, to which the vendor makes endpoints that Redshift manages.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws.redshift_cross_vpc_grant import Grant
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found, Known
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, Link, step


@dataclass(frozen=True, kw_only=True)
class RedshiftGrantLink(Link):
    """One cluster, and the vendor's account and VPCs that get access to it."""

    PATTERN = "redshift_grant"
    STANDS = "access that was granted before stays meanwhile"
    TAKEN_AS: t.ClassVar[t.Mapping[str, type]] = {"grant": Grant}

    cluster_identifier: str | None = optional(
        None, "Identifier of the provisioned Redshift cluster. A link without it fails alone."
    )
    database: str | None = optional(None, "Name of the database, for the hand-off sheet.")
    account_id: str | None = optional(
        None, "The vendor's account, 12 digits. Needed unless O({links}[].awaiting) is set."
    )
    vpc_ids: list[str] | None = optional(None, "The vendor's VPCs.")
    all_vpcs: bool | None = optional(None, "Let all VPCs of the account in, instead of O({links}[].vpc_ids).")
    purge_vpc_ids: bool | None = optional(None, "Take access from VPCs that are not listed.")

    @step
    def prerequisite(self, known: Known) -> Item | None:
        facts = self.pick("destination", "cluster_identifier")
        return {**facts, "name": self.key, "pattern": self.PATTERN}

    @step
    def grant(self, known: Known) -> Item | None:
        if self.awaiting and self.present:
            return None
        options = self.pick(
            *("cluster_identifier", "vpc_ids", "all_vpcs", "purge_vpc_ids", "state"), account="account_id"
        )
        return {**options, "name": self.key}

    @classmethod
    def items(cls, name: str, links: t.Sequence[t.Any], found: Found, others: t.Sequence[t.Any] = ()) -> list[Item]:
        """A grant is of a cluster and an account, so it stays for as long as one of the C(others) has the same."""
        made = super().items(name, links, found, others)
        staying = [other for other in others if isinstance(other, cls) and other.present]
        needed = {(other.cluster_identifier, other.account_id) for other in staying}
        return [
            item
            for item in made
            if item.get("state") != "absent" or (item.get("cluster_identifier"), item.get("account")) not in needed
        ]
