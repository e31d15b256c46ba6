# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""botocore's models of services, read once a process and our way: all that this collection exchanges in botocore.

This module util is PRIVATE to the collection.

A Loader of botocore reads by its attribute C(file_loader) and lists services by C(list_available_services). Neither is
documented, so a test compares both, for what botocore ships, with what its own do.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import json
import os
import typing as t

with contextlib.suppress(ImportError):  # AnsibleAWSModule reports the missing library
    import botocore.loaders
    from botocore import xform_name

SERVICES = {"elasticloadbalancing": "elbv2"}  # IAM prefix: botocore's name, where they differ


class ModelFiles:
    """Reads model files for botocore's loader, whose own reader makes every object an OrderedDict: slower, larger."""

    OPENERS: t.Mapping[str, t.Callable[..., t.Any]] = {".json": open, ".json.gz": gzip.open}

    def exists(self, path: str) -> bool:
        return any(os.path.isfile(path + suffix) for suffix in self.OPENERS)

    def load_file(self, path: str) -> t.Any:
        """The content of the model at ``path``, a path without suffix, or None where there is none."""
        for suffix, opener in self.OPENERS.items():
            if os.path.isfile(path + suffix):
                with opener(path + suffix, "rb") as stream:
                    return json.load(stream)
        return None


def services_of(paths: t.Iterable[str]) -> list[str]:
    """The services that have models in these folders. botocore lists them by opening each one's folder."""
    found: list[str] = []
    for path in paths:
        if os.path.isdir(path):
            found += os.listdir(path)
    return found


def make_loader(loader: t.Any) -> t.Any:
    """Have a botocore Loader read model files our way; returns it."""
    loader.file_loader = ModelFiles()
    loader.list_available_services = lambda type_name: services_of(loader.search_paths)
    return loader


@functools.cache
def shared_loader() -> t.Any:
    """The loader of all sessions of this process, and of its forks: it keeps what it has read of botocore's files."""
    return make_loader(botocore.loaders.Loader())


def preload(services: t.Iterable[str]) -> None:
    """Read botocore's models of these services, named as IAM does, before this process forks.

    Only files that botocore ships, and those in ~/.aws/models, are read; no session or client is made.
    """
    loader = shared_loader()
    for name in ("endpoints", "partitions", "sdk-default-configuration", "_retry"):
        loader.load_data_with_path(name)
    for service in ("sts", *services):
        name = SERVICES.get(service, service)
        loader.load_service_model(name, "endpoint-rule-set-1", api_version=None)
        model = loader.load_service_model(name, "service-2", api_version=None)
        for operation in model["operations"]:
            xform_name(operation)  # botocore remembers what a client's methods are called
