# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For which domains VPC Lattice gives a VPC private names: checked and compared. Pure.

This module util is PRIVATE to the collection.

Source: Amazon VPC Lattice API Reference, DnsOptions; Amazon EC2 API Reference, DnsOptionsSpecification (both read
2026-11). AWS answers the domains C(["*"]) for a preference that takes none.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

Preference = t.Literal[
    "ALL_DOMAINS",
    "VERIFIED_DOMAINS_ONLY",
    "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
    "SPECIFIED_DOMAINS_ONLY",
]
NAMING = ("VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS", "SPECIFIED_DOMAINS_ONLY")  # preferences that take domains
MOST = 10  # domains


def check(preference: str | None, domains: t.Sequence[str] | None) -> None:
    """Raise ItemError for domains that do not go with the preference, or are too many."""
    if preference not in NAMING and domains:
        raise ItemError(f"private_dns_specified_domains needs private_dns_preference {' or '.join(NAMING)}.")
    if len(domains or []) > MOST:
        raise ItemError(f"private_dns_specified_domains has more than {MOST} domains, AWS takes no more.")


def same_domains(have: t.Iterable[str] | None, wanted: t.Iterable[str]) -> bool:
    """Names of domains know no case, nor an order."""
    return {domain.lower() for domain in have or ()} == {domain.lower() for domain in wanted}
