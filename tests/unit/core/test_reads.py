# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads that were made cheap show what dear ones would."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import botocore
import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import read_connections
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import FILTER_VALUES
from ansible_collections.saas.privatelink.plugins.module_utils._aws.models import ModelFiles, make_loader, services_of
from botocore.exceptions import UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader

DATA = Path(botocore.__file__).parent / "data"


@pytest.mark.parametrize("name", ["endpoints", "elbv2/2015-12-01/service-2", "ec2/2016-11-15/paginators-1", "nothing"])
def test_model_files_hold_what_botocore_reads(name: str) -> None:
    path, theirs = str(DATA / name), JSONFileLoader()
    assert ModelFiles().load_file(path) == theirs.load_file(path)
    assert ModelFiles().exists(path) == theirs.exists(path) == (name != "nothing")


def test_a_loader_of_botocore_takes_what_we_exchange_in_it() -> None:
    """Both exchanges are of what botocore does not document: this fails when a release of it changes them."""
    plain, ours = Loader(), make_loader(Loader())
    assert isinstance(plain.file_loader, JSONFileLoader)
    with mock.patch.object(ours.file_loader, "load_file", wraps=ours.file_loader.load_file) as read:
        model = ours.load_service_model("redshift", "service-2")
    assert read.called, "the loader does not read by its file_loader"
    assert model == plain.load_service_model("redshift", "service-2")
    offered = mock.patch.object(ours, "list_available_services", return_value=["redshift"])
    with offered as listed, pytest.raises(UnknownServiceError):
        ours.load_service_model("ram", "service-2")
    assert listed.called


def test_every_service_that_botocore_knows_is_listed() -> None:
    assert set(Loader().list_available_services("service-2")) <= set(services_of(Loader().search_paths))


@pytest.mark.parametrize(
    ("count", "filtered"), [(0, None), (1, True), (FILTER_VALUES, True), (FILTER_VALUES + 1, False)]
)
def test_the_connections_of_any_number_of_services_are_one_read(count: int, filtered: bool | None) -> None:
    wanted, asked = [f"vpce-svc-{number}" for number in range(count)], []

    def pages(action: str, key: str, **params: Any) -> list[dict[str, str]]:
        asked.append(params)
        return [
            {"ServiceId": service_id, "VpcEndpointId": f"{service_id}-endpoint"}
            for service_id in [*wanted, "vpce-svc-of-others"]
        ]

    found = read_connections(SimpleNamespace(pages=pages), wanted)  # type: ignore[arg-type]
    assert [connection.service_id for connection in found] == wanted
    assert ["Filters" in params for params in asked] == ([] if filtered is None else [filtered])
