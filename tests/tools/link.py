# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put this checkout where Ansible and mypy look for the collection: `python -m tests.tools.link`."""

from __future__ import annotations

from pathlib import Path

from tests.tools.place import CACHE, ROOT, SITE


def link(at: Path, to: Path) -> None:
    """Make `at` a symbolic link to `to`, replacing a link that is already there."""
    at.parent.mkdir(parents=True, exist_ok=True)
    at.unlink(missing_ok=True)
    at.symlink_to(to)


def main() -> None:
    """Link the checkout into site-packages for Ansible, and into a tree beside amazon.aws for mypy."""
    link(SITE / "ansible_collections" / "saas" / "privatelink", ROOT)
    tree = CACHE / "tree" / "ansible_collections"
    link(tree / "saas" / "privatelink", ROOT)
    link(tree / "amazon", SITE / "ansible_collections" / "amazon")


if __name__ == "__main__":
    main()
