# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sheets as their readers get them: each vendor's own words, for each pattern and state, as in C(golden).

With REWRITE=1 in the environment the files are written anew; look at what has changed in them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links
from ansible_collections.saas.privatelink.plugins.plugin_utils._markdown import escaped, table, verbatim
from ansible_collections.saas.privatelink.plugins.plugin_utils._sheet import Sheet, SheetError, kept, sheet, vendor

from tests.unit.plugin_utils.test_values import vendor_data

GOLDEN = Path(__file__).parent / "golden"
NETWORK = {"vpc_id": "vpc-0a10000000000001", "subnet_ids": ["subnet-0a1000000000000a", "subnet-0a1000000000000b"]}
ORDERS = {"name": "orders", "endpoint": "orders.cluster-c1.us-east-1.rds.amazonaws.com", "database": "shop", **NETWORK}
WAREHOUSE = {"name": "warehouse", "destination": "redshift", "cluster_identifier": "analytics", "database": "dwh"}
STREAM = {
    **{"name": "stream", "destination": "aws_msk"},
    "cluster_arn": "arn:aws:kafka:us-east-1:111111111111:cluster/orders/8f5c2a1e-0000-4000-8000-000000000001-1",
}
LET_IN = {
    **{"grantor": "111111111111", "grantee": "834469178297", "region": "us-east-1"},
    "bootstrap_servers": "b-1.iam.orders.0a1b.c1.kafka.us-east-1.amazonaws.com:14001",
}
EDITED = {"untold_operation": "0a1b2c3d", "connectivity_changed": "2026-11-28T10:00:00Z"}
SESSIONS = {"name": "sessions", "subscription_id": 4712, **NETWORK}
SHARE = "arn:aws:ram:us-east-1:733373337333:resource-share/7ab63972"
CONFIGURATION = "arn:aws:vpc-lattice:us-east-1:733373337333:resourceconfiguration/rcfg-0b30000000000000a"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/fivetran-orders/0123456789abcdef"
SEEN = {"region": "us-east-1", "zone_ids": {"us-east-1a": "use1-az4", "us-east-1b": "use1-az6"}}
SERVICE = {
    "service_id": "vpce-svc-0a1b2c3d4e5f60001",
    "service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60001",
    "availability_zones": ["us-east-1a", "us-east-1b"],
    "network_load_balancer_arns": [BALANCER],
}
OWNER = {"vpc_endpoint_owner": "834469178297"}
OURS = {"vpc_endpoint_id": "vpce-0a1b2c3d4e5f60001", "vpc_endpoint_state": "available", **OWNER}
MORE = {"vpc_endpoint_id": "vpce-0a1b2c3d4e5f60002", "vpc_endpoint_state": "pendingAcceptance", **OWNER}
GRANT = {"grantor": "111111111111", "grantee": "333333333333", "allowed_vpcs": ["vpc-0ed9e000000000001"]}
DATABASE = {
    **{"type": "database", "dns_name": "vpce-0b30.rcfg-0b30.example.com", "database_id": 471201, "port": 14712},
    "private_dns_name": "redis-14712.internal.c4712.example.com",
}
METRICS = {
    **{"type": "metrics", "dns_name": "vpce-0b31.rcfg-0b31.example.com", "database_id": None, "port": 8070},
    "private_dns_name": None,
}
CONNECTED = {"connections": [OURS], "status": "accepted"}
HELD = {**CONNECTED, "held_connections": [MORE], "waiting": "1 more request to be confirmed: vpce-0a1b2c3d4e5f60002"}
FAILED = {"failed": True, "msg": "subnets: no subnet `a|b`\nis <there>"}
ASKED = {"status": "waiting", "waiting": "a request of the vendor"}
TOLD: dict[str, dict[str, Any]] = {
    "segment": {
        "segment_principal_arn": "arn:aws:iam::333333333333:root",
        "segment_edge_account_id": "333333333333",
        "segment_edge_vpc_id": "vpc-0ed9e000000000001",
    },
    "fivetran": {
        "__fivetran_account_id": "834469178297",
        "fivetran_redshift_account_id": "333333333333",
        "fivetran_redshift_vpc_ids": ["vpc-0ed9e000000000001"],
    },
    "redis_cloud": {},
}
UNTOLD = {"segment_principal_arn": "", "segment_edge_account_id": "", "segment_edge_vpc_id": ""}
BY_HAND = {"__redis_cloud_by_api": False, "__redis_cloud_account_id": "111111111111"}
BY_SHARE = {**SESSIONS, "resource_share_arn": SHARE, "resource_configuration": CONFIGURATION}
BY_NETWORK = {**BY_SHARE, "connection": "service_network", "service_network": "sn-0b30000000000000a"}
BEHIND = {"endpoints": [DATABASE, METRICS], **SEEN}
POSTGRES = {**ORDERS, "destination": "rds_postgres", "listener_port": 15432}
AURORA = {**ORDERS, "destination": "aurora_mysql"}

CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "segment_postgres_untold": ("segment", POSTGRES, {**SERVICE, **SEEN}, UNTOLD),
    "segment_postgres_waiting": ("segment", POSTGRES, {**SERVICE, **SEEN, **ASKED}, {}),
    "segment_postgres_connected": ("segment", POSTGRES, {**SERVICE, **SEEN, **CONNECTED}, {}),
    "segment_postgres_failed": ("segment", POSTGRES, FAILED, {}),
    "segment_redshift_untold": ("segment", WAREHOUSE, SEEN, UNTOLD),
    "segment_redshift_waiting": ("segment", WAREHOUSE, {**SEEN, **GRANT, "endpoint_count": 0}, {}),
    "segment_redshift_connected": ("segment", WAREHOUSE, {**SEEN, **GRANT, "endpoint_count": 1}, {}),
    "fivetran_mysql_waiting": ("fivetran", AURORA, {**SERVICE, **SEEN, **ASKED}, {}),
    "fivetran_mysql_held": ("fivetran", AURORA, {**SERVICE, **SEEN, **HELD}, {}),
    "fivetran_mysql_connected": ("fivetran", AURORA, {**SERVICE, **SEEN, **CONNECTED}, {}),
    "fivetran_mysql_moved": ("fivetran", AURORA, {**SERVICE, **SEEN, **CONNECTED, "told_port": 13306}, {}),
    "fivetran_mysql_failed": ("fivetran", AURORA, {**SERVICE, **SEEN, **FAILED}, {}),
    "fivetran_redshift_waiting": ("fivetran", WAREHOUSE, {**SEEN, **GRANT, "endpoint_count": 0}, {}),
    "fivetran_msk_waiting": ("fivetran", STREAM, {**LET_IN, "endpoint_count": 0}, {}),
    "fivetran_msk_edited": ("fivetran", STREAM, {**LET_IN, "endpoint_count": 1, **EDITED}, {}),
    "redis_cloud_endpoint_waiting": ("redis_cloud", SESSIONS, SEEN, BY_HAND),
    "redis_cloud_endpoint_connected": (
        "redis_cloud",
        BY_SHARE,
        {"vpc_endpoint_id": "vpce-0b30000000000000a", **BEHIND},
        BY_HAND,
    ),
    "redis_cloud_endpoint_failed": ("redis_cloud", BY_SHARE, FAILED, BY_HAND),
    "redis_cloud_network_connected": (
        "redis_cloud",
        BY_NETWORK,
        {"association_id": "snra-0b30000000000000a", **BEHIND},
        BY_HAND,
    ),
}


def written(role: str, link: dict[str, Any], result: dict[str, Any], **said: Any) -> Sheet:
    """The sheet of a link after a step with a result, by the words of a vendor's role."""
    data = vendor_data(role, **{**TOLD[role], **said})
    links = resolve_links([link], vendor=data)
    name = f"{data['name']}-{link['name']}"
    step = {"results": [{"name": name, "failed": False, "msg": "", "waiting": "", "writes": [], **result}]}
    (entry,) = link_report(links, [step])
    words = vendor({**data["sheet"], "title": data["title"]})
    return sheet(entry, words, host="prod_us_east_1", contact="Data Platform <data@example.com>")


@pytest.mark.parametrize("case", CASES)
def test_a_sheet_says_what_its_reader_needs(case: str) -> None:
    role, link, result, said = CASES[case]
    text = written(role, link, result, **said).markdown()
    golden = GOLDEN / f"{case}.md"
    if os.environ.get("REWRITE"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_file_is_a_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


AWKWARD = "a|b`c`<d>\n# e\u2028_f_ *g* [h](i) &lt; \x1b[31m\u202e ```\n~~~"


def test_text_of_others_is_never_markup() -> None:
    said = escaped(AWKWARD)
    assert "\n" not in said
    assert said.startswith("a\\|b\\`c\\`\\<d> # e \\_f\\_ \\*g\\* \\[h\\](i) \\&lt; \ufffd")
    assert (escaped("rds_postgres, x & y"), escaped("1. x"), escaped("> x"), escaped("-")) == (
        "rds_postgres, x & y",
        "1\\. x",
        "\\> x",
        "\\-",
    )
    *dummy, row = table(("what", "value"), [("x|y", "z\n| q |")])
    assert row == "| x\\|y | z \\| q \\| |"
    assert verbatim(["a", "````"]) == ["`````text", "a", "````", "`````"]


def test_awkward_names_stay_on_their_line() -> None:
    """In the table, in what is to be pasted, and in the heading; what a vendor has told is text of others, too."""
    link = {**AURORA, "database": AWKWARD}
    whole = written("fivetran", link, {**SERVICE, **SEEN, "status": "waiting", "service_id": AWKWARD}).markdown()
    assert "\n````text\n" in whole
    assert whole.count("\n````\n") == 1
    assert whole.count("\n## ") == 2
    assert [line for line in whole.splitlines() if line.startswith("Database: ")] == [
        f"Database: {' '.join(AWKWARD.split())}".replace("\x1b", "\ufffd").replace("\u202e", "\ufffd")
    ]


def test_a_line_whose_fact_is_not_known_is_left_out() -> None:
    send = written("fivetran", {**AURORA, "database": None}, {**SERVICE, "status": "waiting"}).send
    assert send
    assert "Database" not in send["values"]
    assert send["values"]["Availability Zones (ids)"] == (
        "us-east-1a (our account's name), us-east-1b (our account's name)"
    )
    assert send["values"]["AWS account id"] == "111111111111"


def test_what_is_connected_and_not_expected_is_asked_about() -> None:
    strange = {**OURS, "vpc_endpoint_id": "vpce-0bad"}
    sent = written("fivetran", AURORA, {**SERVICE, **SEEN, **CONNECTED, "unlisted_connections": [strange]}).sent()
    assert sent[1].startswith("Please tell us which of these VPC endpoints you have made for us: vpce-0bad of account")


def test_a_planned_link_has_no_sheet_and_one_that_is_gone_takes_its_files_along() -> None:
    entry = {"name": "x", "status": "planned", "next_action": "", "connected": [], "line": ""}
    words = vendor({"title": "X"})
    assert sheet(entry, words).files() == {}
    gone = sheet({**entry, "status": "absent"}, words).files()
    assert {ending: text for ending, (text, dummy) in gone.items()} == {".md": "", ".json": ""}


def test_endpoints_are_a_file_for_programs() -> None:
    role, link, result, said = CASES["redis_cloud_endpoint_connected"]
    text, mark = written(role, link, result, **said).files()[".json"]
    assert text.startswith(mark)
    assert json.loads(text) == {"written_by": "saas.privatelink", "link": "sessions", "endpoints": [DATABASE, METRICS]}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            {"title": "X", "pattern": {}},
            "The sheet of X: unknown pattern. Known: about, known, patterns, source, title.",
        ),
        ({"title": "X", "patterns": {"nlb_service": {"say": ""}}}, "The sheet of X, nlb_service: unknown say."),
    ],
    ids=str,
)
def test_misspelt_words_are_refused(data: dict[str, Any], said: str) -> None:
    with pytest.raises(SheetError, match=said):
        vendor(data)


def test_where_links_stand_is_kept_for_whoever_has_no_files() -> None:
    waiting = written(*CASES["fivetran_mysql_waiting"][:3])
    links = kept([waiting.entry], [waiting], "fivetran")
    assert set(links) == {"fivetran/orders"}
    assert set(links["fivetran/orders"]) == {"status", "next_action", "line", "send"}
    assert links["fivetran/orders"]["send"]["values"]["Port"] == "3306"
    stopped = {"status": "failed", "next_action": "no such link", "line": "fivetran: failed: no such link"}
    assert kept([stopped], [], "fivetran") == {"fivetran": {**stopped, "send": None}}
