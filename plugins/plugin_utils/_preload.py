# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules that run in a fork find loaded already: their code, and botocore's models of the services they call.

This plugin util is PRIVATE to the collection. Ansible loads an action plugin in its own process before it forks a
worker for the task, so what is loaded then is loaded once a run. No session, client or credential is made here.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
import warnings

from ansible_collections.saas.privatelink.plugins.module_utils._aws import models
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_sdk import sdk
from ansible_collections.saas.privatelink.plugins.plugin_utils._bytecode import keep_bytecode
from ansible_collections.saas.privatelink.plugins.plugin_utils._fork import NAMESPACE

SERVICES: dict[str, tuple[str, ...]] = {
    "accept_connection": ("ec2",),
    "accept_connection_info": ("ec2",),
    "bucket_policy_statement": ("s3",),
    "bucket_policy_statement_info": ("s3",),
    "endpoint_security_group": ("ec2",),
    "endpoint_security_group_info": ("ec2",),
    "endpoint_service": ("ec2", "elasticloadbalancing"),
    "endpoint_service_info": ("ec2",),
    "forwarder_group": ("autoscaling", "ec2"),
    "forwarder_group_info": ("autoscaling",),
    "ip_sync_function": ("cloudwatch", "events", "iam", "lambda", "logs"),
    "ip_sync_function_info": ("cloudwatch", "events", "iam", "lambda", "logs"),
    "lambda_concurrency": ("lambda",),
    "lambda_concurrency_info": ("lambda",),
    "msk_cross_vpc_grant": ("kafka",),
    "msk_cross_vpc_grant_info": ("kafka",),
    "network_load_balancer": ("ec2", "elasticloadbalancing"),
    "network_load_balancer_info": ("ec2", "elasticloadbalancing"),
    "nlb_ip_sync": ("ec2", "elasticloadbalancing"),
    "nlb_ip_sync_info": ("elasticloadbalancing",),
    "orphans_info": ("autoscaling", "ec2", "elasticloadbalancing"),
    "preflight": ("ec2",),
    "private_zone": ("route53",),
    "private_zone_info": ("route53",),
    "redshift_cross_vpc_grant": ("redshift",),
    "redshift_cross_vpc_grant_info": ("redshift",),
    "resource_share": ("ram",),
    "resource_share_info": ("ram",),
    "service_network_association": ("vpc-lattice",),
    "service_network_association_info": ("vpc-lattice",),
    "service_network_vpc_association": ("vpc-lattice",),
    "service_network_vpc_association_info": ("vpc-lattice",),
    "vpc_endpoint": ("ec2",),
    "vpc_endpoint_association_info": ("ec2", "vpc-lattice"),
    "vpc_endpoint_info": ("ec2",),
}
"""What each module that calls AWS always or mostly calls. What else it may need is loaded when it does."""


def preload(module: str) -> str:
    """Load a module of this collection; "" or why that cannot be done. Never fails: the module would say it better."""
    keep_bytecode()
    try:
        with warnings.catch_warnings(action="ignore"):  # they are the module's to show
            loaded = importlib.import_module(f"{NAMESPACE}.{module}")
            models.preload(SERVICES.get(module, ()))
            if module.startswith("databricks_"):
                with contextlib.suppress(ImportError):  # the module says what is missing
                    sdk()
    except Exception as error:
        return f"{module} cannot be loaded here: {error}"
    # It will run as a script, which Python warns of where it is loaded as a module as well.
    del sys.modules[loaded.__name__]
    gc.freeze()
    return ""
