# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the generator makes of modules."""

from __future__ import annotations

import pytest

from tests.tools.generate import modules

FROM_AWS = "from ...plugins.module_utils._aws.module import ItemsModule\n"
FROM_ACME = "from ...plugins.module_utils._vendors.acme_module import AcmeModule\n"


def test_a_module_is_in_the_group_of_what_it_calls() -> None:
    sources = {"acme_door": FROM_ACME, "acme_door_info": FROM_ACME, "door": FROM_AWS, "look": "import ssl\n"}
    assert modules.calling_aws(sources) == ["door"]
    assert modules.calling_vendors(sources) == {"acme": ["acme_door", "acme_door_info"]}


@pytest.mark.parametrize(("name", "source"), [("door", FROM_ACME), ("acme_door", FROM_ACME + FROM_AWS)])
def test_a_module_for_a_vendor_bears_its_name_and_calls_no_aws(name: str, source: str) -> None:
    with pytest.raises(ValueError, match=f"the module {name} calls acme"):
        modules.calling_vendors({name: source})
