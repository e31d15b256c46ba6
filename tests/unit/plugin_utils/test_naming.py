# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is nearly the name of something, and what is not."""

from __future__ import annotations

import pytest
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import LinkError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.naming import (
    ASKED,
    Asked,
    Place,
    chosen,
    misspelt_extra,
    misspelt_lists,
    refuse_misspelt_tags,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._role_options import misspelt

OTHERS = ["fivetran_links", "segment_links", "uplink", "databricks_links", "fivetran_only", "aws_vpc_id", "aws_region"]
VENDORS = ["segment", "fivetran", "redis_cloud"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("fivetran_link", "fivetran_links"),
        ("fivetran_Links", "fivetran_links"),
        ("fivetrn_links", "fivetran_links"),
        ("rediscloud_links", "redis_cloud_links"),
        ("segment-links", "segment_links"),
        ("aws_role_arm", "aws_role_arn"),
        ("aws_acount_id", "aws_account_id"),
        ("privatelink_host", "privatelink_hosts"),
    ],
)
def test_a_list_that_nothing_reads_is_named(name: str, meant: str) -> None:
    said = misspelt_lists("prod", [name, "aws_region", "fivetran_links"], VENDORS)
    assert said == [f"prod has the variable {name}, which nothing reads: is {meant} meant?"]


@pytest.mark.parametrize("name", OTHERS)
def test_other_variables_are_nobodys_business(name: str) -> None:
    assert misspelt_lists("prod", [name], VENDORS) == []


@pytest.mark.parametrize(
    ("name", "meant"), [("linl", "link"), ("lnk", "link"), ("vendr", "vendor"), ("all_link", "all_links")]
)
def test_an_extra_variable_that_is_nearly_one_of_ours_is_named(name: str, meant: str) -> None:
    (said,) = misspelt_extra([name, *ASKED, "region", "lines", "blink_rate", "aws_region"])
    assert said == f"-e {name}: no playbook here reads it. Is {meant} meant?"


def refused(asked: Asked) -> str:
    with pytest.raises(LinkError) as error:
        chosen(asked, [Place("us", "fivetran", "orders")], VENDORS, taking_away=False)
    return str(error.value)


def test_a_name_that_is_nearly_one_of_the_run_is_asked_for() -> None:
    assert "lists a link ordrs. Is orders meant? There are: orders." in refused(Asked(link="ordrs"))
    assert "lists a link us/fivetran/ordrs. Is orders meant?" in refused(Asked(link="us/fivetran/ordrs"))
    assert refused(Asked(link="sales")).endswith("lists a link sales. There are: orders.")
    assert "There is no vendor fivetrn. Is fivetran meant?" in refused(Asked(vendor="fivetrn"))


@pytest.mark.parametrize("tag", ["fivetrn", "Fivetran", "redis-cloud", "segments"])
def test_a_tag_that_is_nearly_a_vendors_is_refused(tag: str) -> None:
    with pytest.raises(LinkError, match=f"--tags {tag}: no task has that tag. Is (fivetran|redis_cloud|segment) meant"):
        refuse_misspelt_tags("--tags", ["always", tag], VENDORS)


def test_tags_of_a_play_around_it_are_not() -> None:
    refuse_misspelt_tags("--tags", ["all", "never", "network", "data", *VENDORS], VENDORS)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("fivetran_wiat", "fivetran_wait"),
        ("fivetran_wait_timout", "fivetran_wait_timeout"),
        ("fivetran_link", "fivetran_links"),
        ("fivetran_forwarder", "fivetran_forwarders"),
    ],
)
def test_a_variable_that_is_nearly_an_option_is_named(name: str, meant: str) -> None:
    assert misspelt("fivetran", [name]) == {name: meant}


@pytest.mark.parametrize(
    "name", ["fivetran_wait", "fivetran_links", "fivetran_report", "fivetran_api_key", "segment_wiat"]
)
def test_a_variable_of_the_users_own_is_not(name: str) -> None:
    assert misspelt("fivetran", [name]) == {}
