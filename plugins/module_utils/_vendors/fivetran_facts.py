# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Fivetran publishes of itself: regions, what a private link must be told, and the words of each destination.

This module util is PRIVATE to the collection.

Source: open-api-spec.json of the Terraform provider fivetran/fivetran, commit 4d1b48e (2026-07-02, read 2026-11).
"""

from __future__ import annotations

from dataclasses import dataclass

# PrivateLinkCreateRequest.region, the part that is AWS.
REGIONS = {
    "us-east-1": "AWS_US_EAST_1",
    "us-east-2": "AWS_US_EAST_2",
    "us-west-2": "AWS_US_WEST_2",
    "ap-northeast-1": "AWS_AP_NORTHEAST_1",
    "ap-southeast-1": "AWS_AP_SOUTHEAST_1",
    "ap-southeast-2": "AWS_AP_SOUTHEAST_2",
    "eu-central-1": "AWS_EU_CENTRAL_1",
    "eu-west-1": "AWS_EU_WEST_1",
    "eu-west-2": "AWS_EU_WEST_2",
    "ap-south-1": "AWS_AP_SOUTH_1",
    "ca-central-1": "AWS_CA_CENTRAL_1",
    "us-gov-west-1": "AWS_US_GOV_WEST_1",
}
# PrivateLinkCreateRequest.service, and what config of each must hold.
CONFIG = {
    "SOURCE_AWS": ("connection_service_name",),
    "DATABRICKS_AWS": ("connection_service_name",),
    "REDSHIFT_AWS": ("aws_account_id", "cluster_identifier"),
    "SNOWFLAKE_AWS": ("account_url", "vpce_id"),
}


@dataclass(frozen=True)
class Destination:
    """How the config of a destination says which network it uses.

    ``direct`` is the word for none of Fivetran's own, "" where it is not published. ``link`` is the service of its
    private links, "" where Fivetran's support makes them. ``tls``: whether config has C(always_encrypted).
    """

    title: str
    link: str = "SOURCE_AWS"
    field: str = "connection_type"
    private: str = "PrivateLink"
    direct: str = "Directly"
    tls: bool = True


# The 14 destinations of the guide "AWS PrivateLink", by the API's names of them (*_NewDestinationRequest, *_config_V1).
DESTINATIONS = {
    "aurora_postgres_warehouse": Destination("Aurora PostgreSQL"),
    "postgres_rds_warehouse": Destination("RDS PostgreSQL"),
    "aurora_warehouse": Destination("Aurora MySQL"),
    "aws_msk_wh": Destination("AWS MSK", "", "connection_method", "privatelink", "", tls=False),
    "databricks": Destination("Databricks", "DATABRICKS_AWS", tls=False),
    "mysql_warehouse": Destination("Generic MySQL"),
    "postgres_warehouse": Destination("Generic PostgreSQL"),
    "sql_server_warehouse": Destination("Generic SQL Server"),
    "maria_warehouse": Destination("MariaDB"),
    "maria_rds_warehouse": Destination("RDS MariaDB"),
    "mysql_rds_warehouse": Destination("RDS MySQL"),
    "redshift": Destination("Redshift", "REDSHIFT_AWS"),
    "snowflake": Destination("Snowflake", "SNOWFLAKE_AWS", tls=False),
    "sql_server_rds_warehouse": Destination("RDS SQL Server"),
}
