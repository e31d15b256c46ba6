# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of files that follow from names in an inventory."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from ansible_collections.saas.privatelink.plugins.plugin_utils._file_names import file_name
from hypothesis import given
from hypothesis import strategies as st

strange = st.text(st.sampled_from("aA.-/\\:\0\n %~äÄ"), max_size=8)


@pytest.mark.parametrize("text", ["prod_us_east_1", "prod-eu", "db.example.com", "fivetran", "a@b", "Prod"])
def test_an_ordinary_name_stays(text: str) -> None:
    assert file_name(text, ["other", text]) == text


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("../../etc/cron.d/x", "_.._etc_cron.d_x-"),
        ("..", "_-"),
        ("", "_-"),
        (".ssh", "ssh-"),
        ("-rf", "rf-"),
        ("prod/us", "prod_us-"),
        ("prod\\us", "prod_us-"),
        ("C:", "C_-"),
        ("prod\n", "prod_-"),
        ("prod us", "prod_us-"),
        ("nul", "_-"),
        ("COM1.md", "_-"),
        ("münchen", "m_nchen-"),
        ("x" * 300, "x" * 100 + "-"),
    ],
)
def test_what_no_file_can_be_called_gets_a_checksum(text: str, begins: str) -> None:
    assert file_name(text).startswith(begins)
    assert len(file_name(text)) == len(begins) + 8


def test_names_that_differ_in_case_alone_do_not_meet() -> None:
    names = {file_name(host, ["prod", "Prod", "PROD"]).casefold() for host in ("prod", "Prod", "PROD")}
    assert len(names) == 3


@given(st.sets(st.text() | strange, max_size=5))
def test_each_is_one_part_of_a_path_and_no_two_are_the_same(texts: set[str]) -> None:
    names = [file_name(text, texts) for text in texts]
    for name in names:
        assert PurePosixPath(name).parts == PureWindowsPath(name).parts == (name,)
        assert name.isascii()
        assert name.isprintable()
        assert name.lower().partition(".")[0] not in ("con", "prn", "aux", "nul", "com1", "lpt1")
    assert len({name.casefold() for name in names}) == len(texts)
