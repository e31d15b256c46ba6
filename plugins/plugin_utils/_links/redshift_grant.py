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
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Known
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.grant import GrantLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, step


@dataclass(frozen=True, kw_only=True)
class RedshiftGrantLink(GrantLink):
    """One cluster, and the vendor's account and VPCs that get access to it."""

    PATTERN = "redshift_grant"
    CLUSTER = "cluster_identifier"
    TAKEN_AS: t.ClassVar[t.Mapping[str, type]] = {"grant": Grant}

    cluster_identifier: str | None = optional(
        None, "Identifier of the provisioned Redshift cluster. A link without it fails alone."
    )
    database: str | None = optional(None, "Name of the database, for the hand-off sheet.")
    vpc_ids: list[str] | None = optional(None, "The vendor's VPCs.")
    all_vpcs: bool | None = optional(None, "Let all VPCs of the account in, instead of O({links}[].vpc_ids).")
    purge_vpc_ids: bool | None = optional(None, "Take access from VPCs that are not listed.")

    @step
    def prerequisite(self, known: Known) -> Item | None:
        facts = self.pick("destination", "cluster_identifier")
        return {**facts, "name": self.key, "pattern": self.PATTERN}

    @step
    def grant(self, known: Known) -> Item | None:
        if self.waits:
            return None
        options = self.pick(
            *("cluster_identifier", "vpc_ids", "all_vpcs", "purge_vpc_ids", "state"), account="account_id"
        )
        return {**options, "name": self.key}
