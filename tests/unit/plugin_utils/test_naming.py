# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is nearly the name of something, and what is not."""

from __future__ import annotations

import pytest
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import LinkError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.naming import (
    Place,
    account_in,
    accounts,
    misspelt_lists,
    refuse_misspelt_tags,
    refuse_twins,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._role_options import misspelt

VENDORS = ["segment", "fivetran", "redis_cloud"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("fivetran_link", "fivetran_links"),
        ("fivetran_Links", "fivetran_links"),
        ("fivetrn_links", "fivetran_links"),
        ("rediscloud_links", "redis_cloud_links"),
        ("segment-links", "segment_links"),
    ],
)
def test_a_list_that_nothing_reads_is_named(name: str, meant: str) -> None:
    said = misspelt_lists("prod", [name, "aws_region", "fivetran_links"], VENDORS)
    assert said == [f"prod has the variable {name}, which nothing reads: is {meant} meant?"]


@pytest.mark.parametrize("name", ["fivetran_links", "segment_links", "uplink", "databricks_links", "fivetran_only"])
def test_other_variables_are_nobodys_business(name: str) -> None:
    assert misspelt_lists("prod", [name], VENDORS) == []


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


ROLE = "arn:aws-us-gov:iam::111111111111:role/privatelink"
OF_PROFILE = {"by-role": {"role_arn": ROLE}, "by-sso": {"sso_account_id": "111111111111"}, "keys": {}, "": {}}


def host(region: str = "us-east-1", **said: str) -> dict[str, str]:
    return {"aws_account_id": "", "aws_role_arn": "", "aws_profile": "", "aws_region": region, **said}


@pytest.mark.parametrize(
    "other",
    [
        {"aws_role_arn": ROLE},
        {"aws_profile": "by-role"},
        {"aws_profile": "by-sso"},
        {"aws_profile": "other", "aws_account_id": "111111111111"},
        {"aws_profile": "keys", "aws_role_arn": ROLE},  # the profile's keys assume it
    ],
)
@pytest.mark.parametrize("first", [{"aws_role_arn": ROLE}, {"aws_profile": "by-role"}, {"aws_profile": "told"}])
def test_two_ways_to_one_account_are_one_environment(first: dict[str, str], other: dict[str, str]) -> None:
    hosts = {"blue": host(**first), "green": host(**other)}
    hosts["third"] = host("eu-west-1", aws_profile="told", aws_account_id="111111111111")
    known = accounts(hosts, lambda profile: account_in(OF_PROFILE.get(profile, {})))
    with pytest.raises(LinkError, match=r"blue/fivetran/orders and green/fivetran/orders are in one account"):
        refuse_twins([Place(name, "fivetran", "orders") for name in hosts], known)


@pytest.mark.parametrize(
    "other",
    [
        {"aws_profile": "keys"},  # nobody can tell without a call
        {"aws_role_arn": ROLE.replace("1" * 12, "2" * 12)},
        {"aws_role_arn": ROLE, "aws_region": "eu-west-1"},
    ],
)
def test_other_accounts_and_regions_are_others(other: dict[str, str]) -> None:
    known = accounts({"blue": host(aws_role_arn=ROLE), "green": host(**other)}, lambda profile: "")
    refuse_twins([Place(name, "fivetran", "orders") for name in known], known)
