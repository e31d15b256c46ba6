# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the generator makes of modules: their groups, what RETURN has in common, and their rows in README.md."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.saas.privatelink.plugins.module_utils._core.items import as_dict
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Result

from tests.tools.generate import modules, returns, tables
from tests.tools.place import ROOT

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


OWN = """\
    # Fields of its own.
    status:
      description:
        - Its status,
          as AWS writes it.
      type: str
      returned: when not failed
    tags: {description: Its tags., type: dict, returned: always}
"""
WRITTEN = f'''\
{FROM_AWS}
RETURN = r"""
results:
  description:
    - What became of each door.
  type: str
  contains:
    writes: {{description: Wrong., type: int, sample: ["ec2:OpenDoor"]}}
{OWN}\
    waiting: {{sample: "the door: to open"}}
failed_items: {{}}
"""

RETURNED = """untouched"""
'''


def returned(source: str) -> dict[str, Any]:
    found = returns.RETURN.search(source)
    assert found
    documented: dict[str, Any] = yaml.safe_load(found[0])
    return documented


def test_return_gets_the_lines_that_all_have_and_keeps_its_own() -> None:
    source = returns.completed("door", WRITTEN)
    documented = returned(source)
    assert [*documented] == ["results", "failed_items", "check_mode"]
    results, fields = documented["results"], documented["results"]["contains"]
    assert results["description"] == ["What became of each door."]
    assert (results["type"], results["elements"]) == ("list", "dict")
    assert set(fields) == {*as_dict(Result("front")), "status", "tags"}
    samples = [fields[name]["sample"] for name in ("name", "waiting", "writes")]
    assert samples == ["", "the door: to open", ["ec2:OpenDoor"]]
    assert fields["writes"]["type"] == "list"
    assert OWN in source
    assert source.startswith(FROM_AWS)
    assert source.endswith('"""\n\nRETURNED = """untouched"""\n')
    assert returns.completed("door", source) == source


def test_calls_are_said_to_have_iam_s_names_where_they_are_aws_s() -> None:
    for source, said in ((WRITTEN, True), (WRITTEN.replace(FROM_AWS, FROM_ACME), False)):
        writes = returned(returns.completed("door", source))["results"]["contains"]["writes"]
        assert ("as IAM names them" in writes["description"]) == said


@pytest.mark.parametrize(
    "source", ["", WRITTEN.replace("results:", "outcome:"), WRITTEN.replace("failed_items", "failures")]
)
def test_a_return_of_which_something_would_be_lost_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="RETURN of door needs results"):
        returns.completed("door", source)


def test_a_table_takes_the_place_of_the_one_between_its_markers() -> None:
    text = "a\n<!-- generated:roles -->\n<!-- end -->\nb\n<!-- generated:modules -->\nold\n<!-- end -->\nc\n"
    once = tables.replaced(text, "roles", iter(["| 1 |", "| 2 |"]))
    assert once == text.replace("roles -->\n", "roles -->\n\n| 1 |\n| 2 |\n\n")
    assert tables.replaced(once, "roles", iter(["| 1 |", "| 2 |"])) == once
    twice = tables.replaced(once, "modules", iter([r"| a \| b |"]))
    assert twice == once.replace("\nold\n", "\n\n| a \\| b |\n\n")


@pytest.mark.parametrize("text", ["", "<!-- generated:roles -->\n", "<!-- generated:roles --><!-- end -->\n" * 2])
def test_a_table_without_its_one_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="needs one <!-- generated:roles -->"):
        tables.replaced(text, "roles", iter([]))


def test_a_module_and_the_twin_that_reads_share_a_row() -> None:
    documented = 'DOCUMENTATION = r"""\nshort_description: Open C(doors) | windows\n"""\n'
    sources = dict.fromkeys(["door", "door_info", "view_info"], documented)
    assert [*tables.modules(sources)][1:] == [
        r"| `door`, `door_info` | Open `doors` \| windows |",
        r"| `view_info` | Open `doors` \| windows |",
    ]


def test_playbooks_are_told_by_their_last_play_and_generated_ones_as_they_will_be() -> None:
    text = "- {name: Ask, hosts: all}\n- {name: Open doors, hosts: all}\n"
    rows = [*tables.playbooks({ROOT / "playbooks/acme.yml": text, ROOT / "playbooks/site.yml": text, ROOT / "x": ""})]
    assert rows[1] == "| `saas.privatelink.acme` | Open doors |"
    assert "| `saas.privatelink.site` | Open doors |" in rows
    assert len(rows) == len([*(ROOT / "playbooks").glob("*.yml")]) + 2
