#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_endpoint_association_info
short_description: Tell what VPC endpoints and VPC Lattice service networks reach
version_added: 0.1.0
description:
  - Lists what is reached through VPC endpoints of the types Resource and ServiceNetwork, and through the associations
    of VPC Lattice service networks, with the names by which it is reached.
  - Joined with the vendor's databases it gives the list that the discovery script of Redis Cloud prints, in
    RV(endpoints), without running anything of the vendor's.
  - One call per 100 associations for all endpoints together, and per 100 for each service network and resource
    configuration. Without the vendor's databases one more for each association, to ask for its port.
  - "IAM actions: see C(docs/iam/vpc_endpoint_association_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  vpc_endpoint_ids:
    description:
      - Ids of VPC endpoints. Each must exist.
      - Needs botocore >= 1.35.72.
    type: list
    elements: str
  service_networks:
    description:
      - Ids or ARNs of service networks.
    type: list
    elements: str
  resource_configurations:
    description:
      - Ids or ARNs of resource configurations. Only what O(service_networks) reach through these, or through children
        of these, is listed. Everything where this is not set.
    type: list
    elements: str
  databases:
    description:
      - The databases as the vendor knows them, to tell which of them is reached by which name and port.
      - Give all of them. The only thing of a group of resource configurations that is none of them, beside some that
        are, counts as the vendor's metrics.
    type: list
    elements: dict
    suboptions:
      database_id:
        description:
          - The vendor's id of the database.
        type: int
      host:
        description:
          - Its private name.
        type: str
        required: true
      port:
        description:
          - Its port.
        type: int
  metrics_port:
    description:
      - The port at which the vendor serves metrics. Redis Cloud's is V(8070).
    type: int
    default: 8070
seealso:
  - module: saas.privatelink.vpc_endpoint
  - module: saas.privatelink.connection_check
  - name: Connect to Amazon Web Services PrivateLink
    description: What Redis Cloud's discovery script returns. Read 2026-11.
    link: https://redis.io/docs/latest/operate/rc/security/aws-privatelink/
"""

EXAMPLES = r"""
- name: Discover the databases behind an endpoint
  saas.privatelink.vpc_endpoint_association_info:
    vpc_endpoint_ids: [vpce-0123456789abcdef0]
    databases:
      - database_id: 51324587
        host: redis-12345.internal.c42.us-east-1-1.ec2.cloud.example.com
        port: 12345

- name: Discover what a service network reaches through one resource configuration
  saas.privatelink.vpc_endpoint_association_info:
    service_networks: [sn-0123456789abcdef0]
    resource_configurations: [rcfg-0123456789abcdef0]
"""

RETURN = r"""
associations:
  description:
    - The associations as AWS tells them. Those of endpoints have the fields of EC2's C(VpcEndpointAssociation),
      those of service networks the ones of VPC Lattice's C(ServiceNetworkResourceAssociationSummary).
  returned: always
  type: list
  elements: dict
  contains:
    id: {description: Id of the association., type: str, returned: when AWS gives one}
    vpc_endpoint_id: {description: The endpoint., type: str, returned: for endpoints, sample: vpce-0123456789abcdef0}
    service_network_id: {description: The service network., type: str, returned: for service networks}
    associated_resource_accessibility:
      description: Whether the resource can be reached.
      type: str
      returned: for endpoints
    association_id:
      description: As in RV(endpoints[].association_id).
      type: str
      returned: for service networks
    status: {description: Status of the association., type: str, returned: for service networks, sample: ACTIVE}
    failure_code: {description: Why it failed., type: str, returned: when it failed}
    failure_reason: {description: Why it failed in words., type: str, returned: when it failed and AWS says why}
    dns_entry: {description: The name that AWS gave it., type: dict, returned: when it has one}
    private_dns_entry: {description: The name that its owner gave it., type: dict, returned: when it has one}
endpoints:
  description:
    - What is reached by a name, metrics first, then in the order of private names. What failed is left out.
    - RV(endpoints[].dns_name) and RV(endpoints[].private_dns_name) are there as C(dns-entry) and C(private-dns-entry),
      too. These older names are deprecated, and will be gone in 1.0.0.
  returned: always
  type: list
  elements: dict
  contains:
    type:
      description: V(database) or V(metrics), or V(null) where it cannot be known.
      type: str
      returned: always
      sample: database
    dns_name:
      description: The name that AWS gave it, or V(null) where there is none.
      type: str
      returned: always
    private_dns_name:
      description: The name to connect to where private DNS is on, or V(null) where there is none.
      type: str
      returned: always
    port:
      description:
        - The port, or V(null) where it is neither in O(databases) nor to be read from the resource configuration.
      type: int
      returned: always
      sample: 12345
    database_id:
      description: The vendor's id of the database, or V(null) where it is not in O(databases).
      type: int
      returned: for databases
      sample: 51324587
    vpc_endpoint_id: {description: The endpoint by which it is reached., type: str, returned: for endpoints}
    service_network_id: {description: The network by which it is reached., type: str, returned: for service networks}
    association_id:
      description:
        - The association by which it is reached, of the resource configuration in O(resource_configurations) itself
          where it is a child of one.
      type: str
      returned: for service networks
      sample: snra-0123456789abcdef0
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint_association_info import (
    Database,
    as_result,
    discover,
    read_endpoint_associations,
    read_network_associations,
)

DATABASE = {
    "database_id": {"type": "int"},
    "host": {"type": "str", "required": True},
    "port": {"type": "int"},
}
OPTIONS = {
    "vpc_endpoint_ids": {"type": "list", "elements": "str"},
    "service_networks": {"type": "list", "elements": "str"},
    "resource_configurations": {"type": "list", "elements": "str"},
    "databases": {"type": "list", "elements": "dict", "options": DATABASE},
    "metrics_port": {"type": "int", "default": 8070},
}


def main() -> None:
    module = InfoModule(
        OPTIONS,
        required_one_of=[["vpc_endpoint_ids", "service_networks"]],
        required_by={"resource_configurations": ["service_networks"]},
    )
    params = module.params
    databases = [Database(**database) for database in params["databases"] or []]
    with module.reading() as api:
        associations = [
            *read_endpoint_associations(api, params["vpc_endpoint_ids"] or []),
            *read_network_associations(api, params["service_networks"] or [], params["resource_configurations"]),
        ]
        endpoints = discover(api, associations, databases, params["metrics_port"])
    module.exit_json(changed=False, associations=list(map(as_result, associations)), endpoints=endpoints)


if __name__ == "__main__":
    main()
