# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to an MSK cluster, to which the vendor makes managed VPC connections.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws.msk_cross_vpc_grant import MskGrant
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Known
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.grant import GrantLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, step


@dataclass(frozen=True, kw_only=True)
class MskGrantLink(GrantLink):
    """One cluster, its multi-VPC connectivity with IAM, and the vendor's account that may connect by it."""

    PATTERN = "msk_grant"
    CLUSTER = "cluster_arn"
    TAKEN_AS: t.ClassVar[t.Mapping[str, type]] = {"grant": MskGrant}

    cluster_arn: str | None = optional(None, "ARN of the provisioned MSK cluster. A link without it fails alone.")
    told_operation: str | None = optional(
        None,
        "The change of multi-VPC connectivity after which {who} was told the cluster again. The link's status says what"
        " to set when there is a later one.",
    )
    disable_connectivity: bool | None = optional(
        None,
        "When the link goes, switch multi-VPC connectivity with IAM off, too, unless others use it. It takes hours.",
    )

    @step
    def prerequisite(self, known: Known) -> Item | None:
        return {**self.pick("destination", "cluster_arn"), "name": self.key, "pattern": self.PATTERN}

    @step
    def grant(self, known: Known) -> Item | None:
        if self.waits:
            return None
        now = "told_operation" if self.present else "disable_connectivity"
        return {**self.pick("cluster_arn", "state", now, account="account_id"), "name": self.key}
