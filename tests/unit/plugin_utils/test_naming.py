# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is nearly the name of something, and what is not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import LinkError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.naming import (
    ASKED,
    Asked,
    Place,
    account_in,
    chosen,
    known_accounts,
    misspelt_extra,
    misspelt_lists,
    places,
    refuse_misspelt_tags,
    refuse_twins,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import resolve
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


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "Say which link to take away with -e link=NAME"),
        ({"link": "", "all_links": "false"}, "Say which link to take away with -e link=NAME"),
        ({"link": "typo"}, "No environment of this run lists a link typo. There are: billing, crm, orders."),
        ({"link": "us/fivetran/billing"}, "No environment of this run lists a link us/fivetran/billing."),
        ({"link": "orders", "vendor": "segment"}, "No environment of this run lists a link orders."),
        ({"link": "orders", "vendor": "fivetrn"}, "There is no vendor fivetrn. Is fivetran meant? There are: segment"),
        ({"link": "orders", "all_links": "true"}, "Give link, or all_links, not both"),
        ({"all_links": "maybe"}, "all_links is true or false, not 'maybe'"),
    ],
    ids=str,
)
def test_what_shall_go_must_be_named(said: dict[str, str], why: str) -> None:
    listed = [Place("us", "fivetran", "orders"), Place("us", "fivetran", "crm"), Place("eu", "fivetran", "billing")]
    with pytest.raises(LinkError, match=re.escape(why)):
        chosen(Asked.of(said), listed, VENDORS, taking_away=True)


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
    known = known_accounts(hosts, lambda profile: account_in(OF_PROFILE.get(profile, {})))
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
    known = known_accounts({"blue": host(aws_role_arn=ROLE), "green": host(**other)}, lambda profile: "")
    refuse_twins([Place(name, "fivetran", "orders") for name in known], known)


LINKS = [{"name": name, "endpoint": "db.test", "port": 5432, "cross_zone": True} for name in ("orders", "2024")]
WRITTEN = {
    "as Python": "[{'name': 'orders', 'endpoint': 'db.test', 'port': '5432', 'cross_zone': 'yes'},"
    " {'name': 2024, 'endpoint': 'db.test', 'port': 5432, 'cross_zone': True}]",
    "as JSON": json.dumps(LINKS),
    "quoted": f"'{json.dumps(LINKS)}'",
    "as YAML": "[{name: orders, endpoint: db.test, port: 5432, cross_zone: on}, "
    "{name: 2024, endpoint: db.test, port: '5432', cross_zone: 'true'}]",
}


def in_ini(folder: Path, value: str) -> Any:
    """A list of links as an INI inventory gives it: JSON's true is no Python, so that all of it stays text."""
    (folder / "hosts.ini").write_text(f"[all]\nprod\n[all:vars]\nfivetran_links={value}\n", encoding="utf-8")
    loader = DataLoader()
    inventory = InventoryManager(loader, sources=[str(folder / "hosts.ini")])
    variables = VariableManager(loader, inventory).get_vars(host=inventory.get_host("prod"), include_hostvars=False)
    return variables["fivetran_links"]


@pytest.mark.parametrize("way", WRITTEN)
def test_guards_see_the_links_that_the_roles_see(tmp_path: Path, way: str) -> None:
    """In whichever way an INI inventory writes them."""
    value = in_ini(tmp_path, WRITTEN[way])
    resolved = resolve(value, pattern="nlb_service")
    assert [(link["name"], link["port"], link["cross_zone"]) for link in resolved] == [
        (link["name"], 5432, True) for link in LINKS
    ]
    listed = places({"prod": {"fivetran_links": value}, "test": {"fivetran_links": value}}, ["fivetran"])
    assert [place.name for place in listed] == ["orders", "2024"] * 2
    with pytest.raises(LinkError, match="orders names 2 links: prod/fivetran/orders, test/fivetran/orders"):
        chosen(Asked(link="orders"), listed, ["fivetran"], taking_away=True)
    one_place = {host: ("account", "111111111111", "us-east-1") for host in ("prod", "test")}
    with pytest.raises(LinkError, match="are in one account and region"):
        refuse_twins(listed, one_place)


@pytest.mark.parametrize("value", ["orders", "[{name: orders", "{name: orders}", 7, True, {"name": "orders"}])
def test_what_is_no_list_of_links_is_for_the_role_to_refuse(value: Any) -> None:
    assert places({"prod": {"fivetran_links": value}}, ["fivetran"]) == []
    with pytest.raises(LinkError):
        resolve(value, pattern="nlb_service")


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"link": "orders", "all_links": "false"}, Asked(link="orders")),
        ({"link": 2024, "vendor": None}, Asked(link="2024")),
        ({"all_links": True, "all_matches": "yes"}, Asked(all_links=True, all_matches=True)),
        ({"link": None, "vendor": " ", "all_links": "", "all_matches": None}, Asked()),
    ],
    ids=str,
)
def test_extra_variables_of_a_file_mean_what_those_of_a_line_do(said: dict[str, Any], asked: Asked) -> None:
    assert Asked.of(said) == asked


@pytest.mark.parametrize("said", [{"link": ["orders", "crm"]}, {"link": {"orders": None}}, {"link": True}], ids=str)
def test_a_link_that_is_no_name_names_none(said: dict[str, Any]) -> None:
    listed = [Place("prod", "fivetran", name) for name in ("orders", "crm")]
    with pytest.raises(LinkError):
        chosen(Asked.of(said), listed, ["fivetran"], taking_away=True)
