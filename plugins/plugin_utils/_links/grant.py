# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links that grant a vendor's account access to a cluster of ours, to which the vendor then connects by itself.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, Link


@dataclass(frozen=True, kw_only=True)
class GrantLink(Link):
    """One cluster, and the vendor's account that gets access to it."""

    CLUSTER: t.ClassVar[str] = ""  # the option that names it
    STANDS = "access that was granted before stays meanwhile"

    account_id: str | None = optional(
        None, "The vendor's account, 12 digits. Needed unless O({links}[].awaiting) is set."
    )

    @property
    def grants(self) -> tuple[str | None, str | None]:
        """The cluster, and the account that gets access to it."""
        return getattr(self, self.CLUSTER), self.account_id

    @property
    def waits(self) -> bool:
        """Whether nothing can be granted yet, nor can have been: nobody knows to whom."""
        return bool(self.awaiting) and (self.present or not self.account_id)

    @classmethod
    def items(cls, name: str, links: t.Sequence[t.Any], found: Found, others: t.Sequence[t.Any] = ()) -> list[Item]:
        """A grant is of a cluster and an account, so it stays for as long as one of the C(others) has the same."""
        needed = {other.grants for other in others if isinstance(other, cls) and other.present}
        going = [link for link in links if link.present or link.grants not in needed]
        return super().items(name, going, found, others)
