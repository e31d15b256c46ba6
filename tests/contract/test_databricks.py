# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databricks' account API in the sandbox, through its own SDK: signing in, each object, errors, and its part in AWS.

All documents, repositories and issues were read 2026-11. SDK is databricks-sdk 0.162.0, TF is
databricks/terraform-provider-databricks, SRA is databricks/terraform-databricks-sra at 72a96ea, "API" the reference
at docs.databricks.com/api/account.
"""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import SHARDS
from databricks.sdk import AccountClient
from databricks.sdk.config import Config
from databricks.sdk.errors import NotFound, PermissionDenied, Unauthenticated
from databricks.sdk.errors.base import DatabricksError
from databricks.sdk.service.networking import AwsVpcEndpointInfo, Endpoint
from databricks.sdk.service.provisioning import NetworkVpcEndpoints, PrivateAccessLevel
from databricks.sdk.service.provisioning import Workspace as SdkWorkspace
from databricks.sdk.service.settings import (
    AccountNetworkPolicy,
    CreateNetworkConnectivityConfiguration,
    CreatePrivateEndpointRule,
    NetworkConnectivityConfiguration,
    UpdatePrivateEndpointRule,
    WorkspaceNetworkOption,
)
from google.protobuf.field_mask_pb2 import FieldMask

from tests.conftest import Vpc
from tests.contract.conftest import Provider
from tests.sandbox.client import ControlError, RunningSandbox, SteppedTime

REGION = "us-east-1"
SERVICES = SHARDS["commercial"].regions[REGION]
ROLE = SHARDS["commercial"].private_connectivity_role(REGION)
SERVERLESS = SHARDS["commercial"].serverless_account
UNKNOWN = "00000000-0000-4000-8000-00000000dead"


@dataclass
class Client:
    """One account of Databricks, its SDK's client, and the AWS account that has the endpoints."""

    sandbox: RunningSandbox
    id: str
    aws: str
    sdk: Any  # an AccountClient, whose classes say of all that it may be None

    def raw(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str], Any]:
        """A call without the SDK's retries and classes: status, headers, and the JSON or text of the answer."""
        headers = {**self.sdk.config.authenticate(), "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.sandbox.url + path.format(A=self.base), data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, dict(answer.headers), _parsed(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), _parsed(error.read())

    @property
    def base(self) -> str:
        return f"/api/2.0/accounts/{self.id}"

    def endpoint(self, vpc: Vpc, service_id: str, region: str = REGION, **options: Any) -> str:
        """An AWS endpoint to a service of Databricks'; the answer is its id."""
        made = self.sandbox.boto(self.aws, "ec2", region).create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=vpc.id,
            SubnetIds=[vpc.subnets[0]],
            ServiceName=f"com.amazonaws.vpce.{region}.{service_id}",
            PrivateDnsEnabled=False,
            **options,
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def aws_state(self, endpoint_id: str) -> str:
        ec2 = self.sandbox.boto(self.aws, "ec2")
        return str(ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0]["State"])

    def register(self, endpoint_id: str, name: str = "front") -> str:
        made = self.sdk.vpc_endpoints.create(aws_vpc_endpoint_id=endpoint_id, region=REGION, vpc_endpoint_name=name)
        return str(made.vpc_endpoint_id)

    def network(self, vpc: Vpc, name: str = "net", **options: Any) -> str:
        of = {"vpc_id": vpc.id, "subnet_ids": list(vpc.subnets), "security_group_ids": [vpc.security_group]}
        return str(self.sdk.networks.create(network_name=name, **{**of, **options}).network_id)

    def settings(self, name: str = "pas1", public: bool = True, **options: Any) -> str:
        where = {"region": REGION, "public_access_enabled": public, **options}
        made = self.sdk.private_access.create(private_access_settings_name=name, **where)
        return str(made.private_access_settings_id)

    def config(self, name: str = "ncc", region: str = REGION) -> str:
        wanted = CreateNetworkConnectivityConfiguration(name, region)
        made = self.sdk.network_connectivity.create_network_connectivity_configuration(wanted)
        return str(made.network_connectivity_config_id)

    def rule(self, config: str, service_name: str, *domains: str) -> str:
        wanted = CreatePrivateEndpointRule(
            domain_names=list(domains or ["db.example.com"]), endpoint_service=service_name
        )
        return str(self.sdk.network_connectivity.create_private_endpoint_rule(config, wanted).rule_id)

    def rule_is(self, config: str, rule: str) -> Any:
        return self.sdk.network_connectivity.get_private_endpoint_rule(config, rule)

    def comes_to(self, config: str, rule: str, state: str) -> Any:
        """The rule once it is in a state."""
        return self.sandbox.eventually(
            lambda: self.rule_is(config, rule), lambda found: found.connection_state.value == state
        )


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


def connect(sandbox: RunningSandbox, account: str, **options: Any) -> Any:
    """The SDK's client, which waits on the sandbox's clock and reads nobody's profile."""
    clock: Any = SteppedTime(sandbox)
    keys = {"client_id": "client", "client_secret": "secret", **options}
    return AccountClient(config=Config(host=sandbox.url, account_id=account, clock=clock, **keys))


@pytest.fixture(autouse=True)
def nobodys_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DATABRICKS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/dev/null")


@pytest.fixture
def databricks(sandbox: RunningSandbox, account: str) -> Iterator[Client]:
    """An account with three workspaces: 1 has a network of its own VPC, 2 has none, 3 is serverless."""
    id_ = f"00000000-0000-4000-8000-{account}"
    network = {"network_id": "net-of-1", "network_name": "first", "vpc_id": "vpc-1", "subnet_ids": ["a", "b"]}
    workspaces = [
        {"workspace_id": 1, "workspace_name": "one", "aws_region": REGION, "network_id": "net-of-1"},
        {"workspace_id": 2, "workspace_name": "two", "aws_region": REGION, "pricing_tier": "PREMIUM"},
        {"workspace_id": 3, "workspace_name": "three", "aws_region": REGION, "compute_mode": "SERVERLESS"},
    ]
    keys = {"client_id": "client", "client_secret": "secret"}
    network["security_group_ids"] = ["sg-1"]
    sandbox.databricks(id_, **keys, workspaces=workspaces, networks=[network])
    yield Client(sandbox, id_, account, connect(sandbox, id_))
    sandbox.clear_faults()
    sandbox.databricks_disarm()


def refused(code: str, naming: str | None = None) -> Any:
    """The block must raise the API's error ``code``, with a text in its message if given."""
    return pytest.raises(DatabricksError, match=naming, check=lambda error: error.error_code == code)


@pytest.fixture
def vpc(make_vpc: Callable[..., Vpc], account: str) -> Vpc:
    return make_vpc(account)


# Signing in


def test_the_way_to_a_token(databricks: Client) -> None:
    """SDK: the host's configuration, whose ``{account_id}`` it fills in itself, then OAuth's document, then a token."""
    asked = [call["operation"] for call in databricks.sandbox.calls(databricks.id, "databricks")]
    assert databricks.sdk.workspaces.get(1).workspace_name == "one"
    asked = [call["operation"] for call in databricks.sandbox.calls(databricks.id, "databricks")]
    assert asked == ["GetAuthorizationServer", "GetToken", "GetWorkspace"]
    status, _headers, document = databricks.raw("GET", "/.well-known/databricks-config")
    assert status == 200
    assert document["oidc_endpoint"] == f"{databricks.sandbox.url}/oidc/accounts/{{account_id}}"
    assert not databricks.sandbox.writes(databricks.id)
    assert "secret" not in json.dumps(databricks.sandbox.calls(databricks.id))


def test_a_wrong_secret_is_no_error_of_the_api(databricks: Client) -> None:
    """SDK: what the token endpoint says comes as a ValueError."""
    with pytest.raises(ValueError, match="invalid_client: "):
        connect(databricks.sandbox, databricks.id, client_secret="wrong").workspaces.list()


def test_tokens_end(databricks: Client) -> None:
    """SDK: it renews by its own time alone, and a 401 is raised at once."""
    databricks.sandbox.databricks_settings(token_seconds=600)
    assert databricks.sdk.workspaces.list()
    databricks.sandbox.step(601)
    with pytest.raises(Unauthenticated):
        databricks.sdk.workspaces.list()
    again = connect(databricks.sandbox, databricks.id)
    assert again.workspaces.list()
    databricks.sandbox.databricks_revokes(databricks.id)
    with pytest.raises(Unauthenticated) as raised:
        again.workspaces.list()
    assert raised.value.error_code == "UNAUTHENTICATED"


def test_a_token_is_for_its_account(databricks: Client) -> None:
    """API, "Authentication"."""
    status, _headers, body = databricks.raw("GET", f"/api/2.0/accounts/{UNKNOWN}/workspaces")
    assert (status, body["error_code"]) == (403, "PERMISSION_DENIED")
    assert databricks.raw("GET", "{A}/nowhere")[2]["error_code"] == "ENDPOINT_NOT_FOUND"


# Databricks in AWS


def test_the_table_of_its_services_is_whole() -> None:
    """SRA, C(aws/tf/variables.tf): 53 services, GovCloud's for both shards; some of them by hand."""
    ids: list[str] = []
    for shard in SHARDS.values():
        for region in shard.regions.values():
            ids += filter(None, (region.workspace, region.scc_relay, region.service_direct))
    assert (len(ids), len(set(ids))) == (53, 53)
    assert all(re.fullmatch(r"vpce-svc-[0-9a-f]{17}", key) for key in ids)
    assert SERVICES == (
        "nvirginia",
        "vpce-svc-09143d1e626de2f04",
        "vpce-svc-00018a8c3ff62ffdf",
        "vpce-svc-0a1a39ada4ec3bcdc",
    )
    assert SHARDS["gov_dod"].regions["us-gov-west-1"].scc_relay == "vpce-svc-05c210a2feea23ad7"
    assert ROLE == "arn:aws:iam::565502421330:role/private-connectivity-role-us-east-1"


@pytest.mark.parametrize(("shard", "region"), [("commercial", "eu-central-1"), ("gov_dod", "us-gov-west-1")])
def test_its_services_are_there_by_their_real_ids(databricks: Client, account: str, shard: str, region: str) -> None:
    """SRA, C(aws/tf/variables.tf); private DNS names of both services: SRA and "Configure DNS for PrivateLink"."""
    databricks.sandbox.databricks(f"{shard}-{account}", client_id="c", client_secret="s", shard=shard)
    found = databricks.sandbox.boto(account, "ec2", region).describe_vpc_endpoint_services()["ServiceDetails"]
    owner, published = SHARDS[shard].account, SHARDS[shard].regions[region]
    names = {service["ServiceId"]: service["PrivateDnsName"] for service in found if service["Owner"] == owner}
    ids = {published.workspace, published.scc_relay, published.service_direct} - {""}
    assert set(names) == ids
    assert names[published.workspace] == f"{published.city}.privatelink.{SHARDS[shard].domain}"
    assert names[published.scc_relay] == f"tunnel.privatelink.{region}.{SHARDS[shard].domain}"


def test_service_direct_is_not_in_all_zones(databricks: Client, vpc: Vpc) -> None:
    """docs.databricks.com, "IP addresses and domains": three zones in us-east-1; the first of ours is none of them."""
    with pytest.raises(Exception, match="does not support the availability zone"):
        databricks.endpoint(vpc, SERVICES.service_direct)


# Registrations


def test_a_registration_accepts_the_connection(databricks: Client, vpc: Vpc) -> None:
    """SDK, ``vpc_endpoints.create``: the endpoint service then accepts it. ``state`` is AWS's own word."""
    databricks.sandbox.lag(**{"databricks_registration.accepting": 60})
    endpoint = databricks.endpoint(vpc, SERVICES.workspace)
    made = databricks.sdk.vpc_endpoints.get(databricks.register(endpoint))
    assert (made.state, made.aws_account_id, made.region) == ("pendingAcceptance", databricks.aws, REGION)
    assert (made.aws_endpoint_service_id, made.use_case.value) == (SERVICES.workspace, "WORKSPACE_ACCESS")
    databricks.sandbox.step(59)
    assert databricks.aws_state(endpoint) == "pendingAcceptance"
    databricks.sandbox.step(2)
    databricks.sandbox.lag(**{"databricks_registration.accepting": 0.1})
    assert databricks.aws_state(endpoint) == "available"
    assert [found.state for found in databricks.sdk.vpc_endpoints.list()] == ["available"]


def test_what_is_no_endpoint_of_databricks_is_not_registered(databricks: Client, vpc: Vpc, provider: Provider) -> None:
    """Guesses, save for the name of 4 to 256 characters (SDK, API)."""
    service = provider.make_service(databricks.aws)["ServiceId"]
    other = databricks.endpoint(vpc, service)
    for endpoint in (other, "vpce-0123456789abcdef0", "subnet-1"):
        with refused("INVALID_PARAMETER_VALUE"):
            databricks.register(endpoint)
    with refused("INVALID_PARAMETER_VALUE", "4 to 256"):
        databricks.register(databricks.endpoint(vpc, SERVICES.scc_relay), "abc")


def test_registrations_are_deleted_when_no_network_has_them_and_linger(databricks: Client, vpc: Vpc) -> None:
    """TF polls a deleted registration until it is not found; one that is used is refused."""
    key = databricks.register(databricks.endpoint(vpc, SERVICES.workspace))
    network = databricks.network(vpc, vpc_endpoints=NetworkVpcEndpoints(dataplane_relay=[], rest_api=[key]))
    with refused("INVALID_STATE", network):
        databricks.sdk.vpc_endpoints.delete(key)
    databricks.sandbox.lag(**{"databricks_network.deleting": 60, "databricks_registration.deleting": 60})
    databricks.sdk.networks.delete(network)
    assert databricks.sdk.networks.get(network).network_id == network
    databricks.sandbox.step(61)
    with pytest.raises(NotFound) as raised:
        databricks.sdk.networks.get(network)
    assert raised.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    databricks.sdk.vpc_endpoints.delete(key)
    assert databricks.sdk.vpc_endpoints.get(key).vpc_endpoint_id == key
    databricks.sandbox.step(61)
    databricks.sandbox.lag(**{"databricks_network.deleting": 0.1, "databricks_registration.deleting": 0.1})
    assert databricks.sdk.vpc_endpoints.list() == []


def test_without_private_connectivity_all_is_forbidden(databricks: Client, vpc: Vpc, account: str) -> None:
    """pulumi/pulumi-databricks#336: "Forbidden" where PrivateLink is not enabled."""
    id_ = f"plain-{account}"
    databricks.sandbox.databricks(id_, client_id="client", client_secret="secret", privatelink=False)
    plain = Client(databricks.sandbox, id_, account, connect(databricks.sandbox, id_))
    with pytest.raises(PermissionDenied, match="not enabled"):
        plain.register(plain.endpoint(vpc, SERVICES.workspace))


# Private access settings


def test_settings_are_replaced_as_a_whole(databricks: Client) -> None:
    """TF#3439: a PUT without ``public_access_enabled`` switches public access off. There is no version."""
    key = databricks.settings(private_access_level=PrivateAccessLevel.ENDPOINT, allowed_vpc_endpoint_ids=[UNKNOWN])
    status, _headers, body = databricks.raw(
        "PUT", f"{{A}}/private-access-settings/{key}", {"private_access_settings_name": "pas1", "region": REGION}
    )
    assert status == 200
    assert body == databricks.raw("GET", f"{{A}}/private-access-settings/{key}")[2]
    wanted = {"public_access_enabled": False, "private_access_level": "ACCOUNT", "allowed_vpc_endpoint_ids": []}
    assert {name: body[name] for name in wanted} == wanted
    assert set(body) == {*wanted, "private_access_settings_id", "private_access_settings_name", "region", "account_id"}


def test_settings_hold_ids_of_databricks_and_keep_what_is_new(databricks: Client) -> None:
    """SDK, ``private_access.create``: the ids are not those of AWS. Members of a later API are kept (a guess)."""
    with refused("INVALID_PARAMETER_VALUE", "vpce-"):
        databricks.settings(allowed_vpc_endpoint_ids=["vpce-0123456789abcdef0"])
    body = {"private_access_settings_name": "pas1", "region": REGION, "of_tomorrow": {"a": 1}}
    made = databricks.raw("POST", "{A}/private-access-settings", body)[2]
    assert made["of_tomorrow"] == {"a": 1}


def test_settings_of_a_workspace_are_not_deleted(databricks: Client) -> None:
    """SDK, ``private_access.delete``."""
    key = databricks.settings()
    databricks.sdk.workspaces.update(
        1, SdkWorkspace(private_access_settings_id=key), update_mask="private_access_settings_id"
    )
    with refused("INVALID_STATE", "workspace 1"):
        databricks.sdk.private_access.delete(key)


def test_a_change_between_reading_and_writing_is_lost(databricks: Client) -> None:
    """What has no version can be overwritten: the sandbox lets somebody else write between two calls."""
    key = databricks.settings()
    change: dict[str, Any] = {
        "kind": "private_access_settings",
        "id": key,
        "fields": {"allowed_vpc_endpoint_ids": [UNKNOWN]},
    }
    databricks.sandbox.databricks_change(databricks.id, **change, operation="GetPrivateAccess")
    assert databricks.sdk.private_access.get(key).allowed_vpc_endpoint_ids == []
    assert databricks.sdk.private_access.get(key).allowed_vpc_endpoint_ids == [UNKNOWN]
    databricks.sandbox.databricks_change(
        databricks.id,
        "private_access_settings",
        key,
        {"public_access_enabled": False},
        operation="ReplacePrivateAccess",
    )
    body = {"private_access_settings_name": "pas1", "region": REGION, "public_access_enabled": True}
    assert databricks.raw("PUT", f"{{A}}/private-access-settings/{key}", body)[2]["public_access_enabled"]
    assert databricks.sdk.private_access.get(key).public_access_enabled is False
    databricks.sandbox.databricks_change(databricks.id, "private_access_settings", key, None)
    with pytest.raises(NotFound):
        databricks.sdk.private_access.get(key)
    with pytest.raises(ControlError, match="kind is one of"):
        databricks.sandbox.databricks_change(databricks.id, "clusters", key, None)


# Networks and workspaces


def test_a_network_takes_what_does_not_exist_until_it_is_attached(databricks: Client, vpc: Vpc) -> None:
    """TF#732 and the page of mws_networks: attaching it tells what is BROKEN, and the workspace fails."""
    key = databricks.network(vpc, subnet_ids=[vpc.subnets[0], "subnet-0123456789abcdef0"])
    made = databricks.sdk.networks.get(key)
    assert (made.vpc_status.value, made.workspace_id, made.error_messages) == ("UNATTACHED", None, [])
    databricks.sdk.workspaces.update(1, SdkWorkspace(network_id=key), update_mask="network_id")
    broken = databricks.sdk.networks.get(key)
    assert (broken.vpc_status.value, broken.workspace_id) == ("BROKEN", 1)
    assert {error.error_type.value for error in broken.error_messages} == {"subnet"}
    assert "subnet-0123456789abcdef0" in broken.error_messages[0].error_message
    failed = databricks.sandbox.eventually(
        lambda: databricks.sdk.workspaces.get(1), lambda found: found.workspace_status.value != "PROVISIONING"
    )
    assert failed.workspace_status.value == "FAILED"
    assert "subnet-0123456789abcdef0" in failed.workspace_status_message


def test_a_network_may_be_warned(databricks: Client) -> None:
    """SDK, ``Network``: what Databricks warns of, and a test decides."""
    warning = {"warning_type": "subnet", "warning_message": "The subnet is small."}
    fields = {"vpc_status": "WARNED", "warning_messages": [warning]}
    databricks.sandbox.databricks_change(databricks.id, "networks", "net-of-1", fields)
    found = databricks.sdk.networks.get("net-of-1")
    assert (found.vpc_status.value, found.warning_messages[0].warning_message) == ("WARNED", "The subnet is small.")


@pytest.mark.parametrize("wrong", [{"subnet_ids": ["a"]}, {"security_group_ids": [f"sg-{n}" for n in range(6)]}])
def test_subnets_and_groups_of_a_network_are_counted(databricks: Client, vpc: Vpc, wrong: dict[str, Any]) -> None:
    """SDK, ``Network``: at least two subnets, one to five security groups."""
    with refused("INVALID_PARAMETER_VALUE"):
        databricks.network(vpc, **wrong)


def test_the_network_of_a_workspace_is_moved_in_three_steps(databricks: Client, vpc: Vpc) -> None:
    """TF#732: the network of a running workspace is not deleted; another one is attached first."""
    with refused("INVALID_STATE", "^Unable to delete, Network is being used by active workspace 1$"):
        databricks.sdk.networks.delete("net-of-1")
    key = databricks.network(vpc)
    waits = databricks.sdk.workspaces.update(1, SdkWorkspace(network_id=key), update_mask="network_id")
    assert databricks.sdk.workspaces.get(1).workspace_status.value == "PROVISIONING"
    with refused("INVALID_STATE", "PROVISIONING"):
        databricks.sdk.workspaces.update(1, SdkWorkspace(network_id=key), update_mask="network_id")
    databricks.sandbox.step(1)
    assert waits.result().network_id == key
    assert databricks.sdk.networks.get(key).vpc_status.value == "VALID"
    assert databricks.sdk.networks.delete("net-of-1").network_id == "net-of-1"
    databricks.sandbox.step(1)
    assert [network.network_id for network in databricks.sdk.networks.list()] == [key]


def test_what_a_workspace_does_not_take(databricks: Client, vpc: Vpc) -> None:
    """API, "Update a workspace"; TF#3741: nothing is taken off. TF, PR 1668: public access needs a private back end."""
    update, access, config = databricks.sdk.workspaces.update, databricks.settings(), databricks.config()
    with refused("INVALID_PARAMETER_VALUE", "customer-managed"):
        update(2, SdkWorkspace(network_id=databricks.network(vpc)), update_mask="network_id")
    with refused("INVALID_PARAMETER_VALUE", "Enterprise"):
        update(2, SdkWorkspace(private_access_settings_id=access), update_mask="private_access_settings_id")
    with refused("INVALID_PARAMETER_VALUE", "serverless"):
        update(3, SdkWorkspace(private_access_settings_id=access), update_mask="private_access_settings_id")
    with refused("INVALID_PARAMETER_VALUE", "pricing_tier"):
        update(1, SdkWorkspace(), update_mask="pricing_tier")
    with refused("INVALID_PARAMETER_VALUE", "eu-west-1"):
        elsewhere = databricks.config("ncc-eu", "eu-west-1")
        update(1, SdkWorkspace(network_connectivity_config_id=elsewhere), update_mask="network_connectivity_config_id")
    with refused("INVALID_PARAMETER_VALUE", "Cannot create PrivateLink workspace"):
        closed = databricks.settings("closed", public=False)
        update(1, SdkWorkspace(private_access_settings_id=closed), update_mask="private_access_settings_id")
    update(1, SdkWorkspace(network_connectivity_config_id=config), update_mask="network_connectivity_config_id")
    databricks.sandbox.step(1)
    with refused("INVALID_PARAMETER_VALUE", "not removed"):
        update(1, SdkWorkspace(), update_mask="network_connectivity_config_id")


def test_a_workspace_fails_when_a_test_says_so(databricks: Client) -> None:
    """SDK, ``wait_get_workspace_running``: FAILED ends the wait, with the workspace's own message."""
    config = databricks.config()
    databricks.sandbox.databricks_workspace_fails(databricks.id, 1, message="No capacity.")
    wanted = SdkWorkspace(network_connectivity_config_id=config)
    databricks.sdk.workspaces.update(1, wanted, update_mask="network_connectivity_config_id")
    databricks.sandbox.step(1)
    failed = databricks.sdk.workspaces.get(1)
    assert (failed.workspace_status.value, failed.workspace_status_message) == ("FAILED", "No capacity.")
    databricks.sdk.workspaces.update(1, wanted, update_mask="network_connectivity_config_id")
    databricks.sandbox.step(1)
    assert databricks.sdk.workspaces.get(1).workspace_status.value == "RUNNING"


# Connectivity configurations and their rules


def test_a_configuration_is_changed_by_mask_and_deleted_when_nothing_has_it(databricks: Client) -> None:
    """SDK, ``update_network_connectivity_config``: the mask is a FieldMask. TF#3741: bound ones are not deleted."""
    api, key = databricks.sdk.network_connectivity, databricks.config()
    renamed = NetworkConnectivityConfiguration(name="renamed")
    assert api.update_network_connectivity_config(key, renamed, FieldMask(paths=["name"])).name == "renamed"
    with refused("INVALID_PARAMETER_VALUE", "Update mask must be specified"):
        api.update_network_connectivity_config(key, renamed, FieldMask())
    payer = NetworkConnectivityConfiguration(billing_workspace_id=1)
    with refused("INVALID_PARAMETER_VALUE", "not attached"):
        api.update_network_connectivity_config(key, payer, FieldMask(paths=["billing_workspace_id"]))
    wanted = SdkWorkspace(network_connectivity_config_id=key)
    databricks.sdk.workspaces.update(1, wanted, update_mask="network_connectivity_config_id")
    api.update_network_connectivity_config(key, payer, FieldMask(paths=["billing_workspace_id"]))
    with refused("INVALID_STATE", "workspace 1"):
        api.delete_network_connectivity_configuration(key)
    databricks.sandbox.step(1)
    wanted = SdkWorkspace(network_connectivity_config_id=databricks.config("other"))
    databricks.sdk.workspaces.update(1, wanted, update_mask="network_connectivity_config_id")
    databricks.sandbox.lag(**{"databricks_connectivity_config.held": 600})
    with refused("INVALID_STATE", "just detached"):  # TF, PR 5648
        api.delete_network_connectivity_configuration(key)
    databricks.sandbox.lag(**{"databricks_connectivity_config.held": 0})
    assert databricks.raw("DELETE", f"{{A}}/network-connectivity-configs/{key}")[2] == {}


def test_lists_come_in_pages_and_ten_are_a_regions_limit(databricks: Client) -> None:
    """SDK, "items" and "next_page_token"; docs.databricks.com, "Serverless private connectivity": ten in a region."""
    databricks.sandbox.databricks_settings(page_size=3)
    names = [f"ncc-{number}" for number in range(10)]
    for name in names:
        databricks.config(name)
    first = databricks.raw("GET", "{A}/network-connectivity-configs")[2]
    assert [item["name"] for item in first["items"]] == names[:3]
    found = databricks.sdk.network_connectivity.list_network_connectivity_configurations()
    assert [config.name for config in found] == names
    wanted = {"name": "ncc-11", "region": REGION}
    status, _headers, body = databricks.raw("POST", "{A}/network-connectivity-configs", wanted)
    assert (status, body["error_code"]) == (429, "QUOTA_EXCEEDED")
    databricks.config("elsewhere", "eu-west-1")
    databricks.sandbox.databricks_settings(connectivity_configs_per_region=11)
    databricks.config("ncc-11")
    assert databricks.raw("GET", "{A}/network-connectivity-configs?page_token=none")[0] == 400


def test_a_rule_is_established_when_exactly_its_endpoint_is_accepted(databricks: Client, provider: Provider) -> None:
    """TF, mws_ncc_private_endpoint_rule, for the states; DBX-TSS#59 for the endpoint's id, which comes late."""
    service = provider.make_service()
    allow(provider, service["ServiceId"], ROLE)
    databricks.sandbox.lag(**{"databricks_rule.CREATING": 60, "databricks_rule.unseen_endpoint": 60})
    config = databricks.config()
    rule = databricks.rule(config, service["ServiceName"])
    made = databricks.rule_is(config, rule)
    assert (made.connection_state.value, made.vpc_endpoint_id) == ("CREATING", None)
    assert provider.connections(service["ServiceId"]) == []
    databricks.sandbox.step(61)
    assert (
        databricks.comes_to(config, rule, "PENDING").vpc_endpoint_id,
        len(provider.connections(service["ServiceId"])),
    ) == (
        None,
        1,
    )
    databricks.sandbox.step(61)
    databricks.sandbox.lag(**{"databricks_rule.CREATING": 0.1, "databricks_rule.unseen_endpoint": 0.1})
    other = databricks.sandbox.connect(service["ServiceName"], account=SERVERLESS)
    accept(provider, service, other["VpcEndpointId"])
    databricks.sandbox.step(1)
    pending = databricks.rule_is(config, rule)
    assert (pending.connection_state.value, pending.deactivated) == ("PENDING", False)
    asked = [
        found
        for found in provider.connections(service["ServiceId"])
        if found["VpcEndpointState"] == "pendingAcceptance"
    ]
    assert [(found["VpcEndpointId"], found["VpcEndpointOwner"]) for found in asked] == [
        (pending.vpc_endpoint_id, SERVERLESS)
    ]
    accept(provider, service, pending.vpc_endpoint_id)
    assert databricks.comes_to(config, rule, "ESTABLISHED").vpc_endpoint_id == pending.vpc_endpoint_id


@pytest.mark.parametrize(
    ("principals", "state"),
    [
        ([ROLE], "PENDING"),
        (["*"], "PENDING"),
        ([f"arn:aws:iam::{SERVERLESS}:root"], "PENDING"),
        ([ROLE.replace(REGION, "eu-west-1")], "CREATE_FAILED"),
        (["arn:aws:iam::834469178297:root"], "CREATE_FAILED"),
    ],
)
def test_a_service_must_allow_the_role_of_the_region(
    databricks: Client, provider: Provider, principals: list[str], state: str
) -> None:
    """SRA, serverless_privatelink; docs.databricks.com, "Configure private connectivity to resources in your VPC"."""
    service = provider.make_service()
    allow(provider, service["ServiceId"], *principals)
    config = databricks.config()
    found = databricks.comes_to(config, databricks.rule(config, service["ServiceName"]), state)
    assert ("does not exist" in (found.error_message or "")) == (state == "CREATE_FAILED")


def test_a_rule_may_lead_to_another_region(databricks: Client, provider: Provider) -> None:
    """A guess: where the service supports the region of the configuration, whose role it allows."""
    far = provider.make_service(SupportedRegions=["eu-west-1"])
    near = provider.make_service()
    config = databricks.config("ncc-eu", "eu-west-1")
    for service, state in ((far, "PENDING"), (near, "CREATE_FAILED")):
        allow(provider, service["ServiceId"], ROLE.replace(REGION, "eu-west-1"))
        databricks.sandbox.step(1)
        databricks.comes_to(config, databricks.rule(config, service["ServiceName"]), state)


def test_rules_end_as_their_endpoints_do(databricks: Client, provider: Provider) -> None:
    """SDK, states of a rule: rejected, removed by the owner of the service, or not approved in 14 days."""
    service = open_service(provider)
    config = databricks.config()
    first, second, third = (databricks.rule(config, service["ServiceName"]) for _number in range(3))
    ids = [databricks.comes_to(config, rule, "PENDING") and rule for rule in (first, second, third)]
    databricks.sandbox.step(1)
    endpoints = [databricks.rule_is(config, rule).vpc_endpoint_id for rule in ids]
    reject(provider, service, endpoints[0])
    assert databricks.rule_is(config, first).connection_state.value == "REJECTED"
    accept(provider, service, endpoints[1])
    databricks.comes_to(config, second, "ESTABLISHED")
    reject(provider, service, endpoints[1])
    assert databricks.rule_is(config, second).connection_state.value == "DISCONNECTED"
    databricks.sandbox.databricks_expires(databricks.id, third)
    assert databricks.rule_is(config, third).connection_state.value == "EXPIRED"
    fourth = databricks.rule(config, service["ServiceName"])
    databricks.sandbox.step(14 * 86400 + 1)
    assert (
        connect(databricks.sandbox, databricks.id)
        .network_connectivity.get_private_endpoint_rule(config, fourth)
        .connection_state.value
        == "EXPIRED"
    )


def test_a_rule_is_deleted_at_once_or_deactivated(databricks: Client, provider: Provider) -> None:
    """SDK, ``delete_private_endpoint_rule``: at once or a day after it was deactivated. TF#5386: its endpoint stays."""
    api, service, config = databricks.sdk.network_connectivity, open_service(provider), databricks.config()
    databricks.sandbox.databricks_settings(vpc_rules_per_region=2)
    pending, used = (databricks.rule(config, service["ServiceName"]) for _number in range(2))
    databricks.comes_to(config, used, "PENDING")
    databricks.sandbox.step(1)
    endpoint = databricks.rule_is(config, used).vpc_endpoint_id
    accept(provider, service, endpoint)
    databricks.comes_to(config, used, "ESTABLISHED")
    assert api.delete_private_endpoint_rule(config, pending).rule_id == pending
    with pytest.raises(NotFound):
        databricks.rule_is(config, pending)
    assert api.delete_private_endpoint_rule(config, used).deactivated is True
    shown = databricks.rule_is(config, used)
    assert (shown.deactivated, shown.deactivated_at is not None) == (True, True)
    assert [rule.rule_id for rule in api.list_private_endpoint_rules(config)] == [used]
    databricks.rule(config, service["ServiceName"])
    body = {"endpoint_service": service["ServiceName"], "domain_names": ["a.example.com"]}
    path = f"{{A}}/network-connectivity-configs/{config}/private-endpoint-rules"
    assert databricks.raw("POST", path, body)[2]["error_code"] == "QUOTA_EXCEEDED"
    databricks.sandbox.step(86401)
    assert used not in [
        rule.rule_id
        for rule in connect(databricks.sandbox, databricks.id).network_connectivity.list_private_endpoint_rules(config)
    ]
    assert [
        found["VpcEndpointState"]
        for found in provider.connections(service["ServiceId"])
        if found["VpcEndpointId"] == endpoint
    ] == ["available"]


def test_domain_names_of_a_rule(databricks: Client, provider: Provider) -> None:
    """TF#5347 for the mask; docs.databricks.com: ten names, exact ones."""
    api, service, config = databricks.sdk.network_connectivity, open_service(provider), databricks.config()
    rule = databricks.rule(config, service["ServiceName"])
    wanted = UpdatePrivateEndpointRule(domain_names=["a.example.com", "b.example.com"])
    with refused("INVALID_PARAMETER_VALUE", "Update mask must be specified"):
        api.update_private_endpoint_rule(config, rule, wanted, "")
    assert api.update_private_endpoint_rule(config, rule, wanted, "domain_names").domain_names == wanted.domain_names
    with refused("INVALID_PARAMETER_VALUE", "enabled"):
        api.update_private_endpoint_rule(config, rule, UpdatePrivateEndpointRule(enabled=True), "enabled")
    for wrong in (["*.example.com"], ["10.0.0.1"], ["db.example.com:5432"], [f"d{n}.example.com" for n in range(11)]):
        with refused("INVALID_PARAMETER_VALUE"):
            databricks.rule(config, service["ServiceName"], *wrong)


def test_a_rule_for_buckets_comes_in_two_steps(databricks: Client, account: str) -> None:
    """databricks/technical-services-solutions#59: buckets admit the rule's endpoint, then it can be enabled."""
    s3, bucket = databricks.sandbox.boto(account, "s3"), f"lake-{account}"
    s3.create_bucket(Bucket=bucket)
    api, config = databricks.sdk.network_connectivity, databricks.config()
    with refused("INVALID_PARAMETER_VALUE", "in the region"):
        wrong = CreatePrivateEndpointRule(resource_names=[bucket], endpoint_service="com.amazonaws.eu-west-1.s3")
        api.create_private_endpoint_rule(config, wrong)
    path, service = f"{{A}}/network-connectivity-configs/{config}/private-endpoint-rules", f"com.amazonaws.{REGION}.s3"
    made = databricks.raw("POST", path, {"resource_names": [bucket], "endpoint_service": service, "enabled": True})[2]
    rule, enable = made["rule_id"], UpdatePrivateEndpointRule(enabled=True)
    assert made["enabled"] is False
    databricks.sandbox.step(1)
    with refused("INVALID_STATE", "ESTABLISHED"):
        api.update_private_endpoint_rule(config, rule, enable, "enabled")
    endpoint = databricks.comes_to(config, rule, "PENDING").vpc_endpoint_id
    for source, state in (("vpce-0123456789abcdef0", "PENDING"), (endpoint, "ESTABLISHED")):
        of = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
        statement = {**of, "Condition": {"StringEquals": {"aws:SourceVpce": source}}}
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": [statement]}))
        assert databricks.rule_is(config, rule).connection_state.value == state
    assert api.update_private_endpoint_rule(config, rule, enable, "enabled").enabled is True
    more = UpdatePrivateEndpointRule(resource_names=[bucket, "other"])
    assert api.update_private_endpoint_rule(config, rule, more, "resource_names").resource_names == [bucket, "other"]
    with refused("INVALID_STATE", "rules"):
        api.delete_network_connectivity_configuration(config)


def test_the_creation_of_a_rule_outlives_who_asked_for_it(databricks: Client, provider: Provider) -> None:
    """TF#4138, #4559, #5292: the answer often comes after a client has given up, and the rule is there."""
    service, config = open_service(provider), databricks.config()
    fault = {"account": databricks.id, "delay": 0.01, "performed": True}
    databricks.sandbox.fault("databricks", "CreatePrivateEndpointRule", "timeout", **fault)
    body = {"endpoint_service": service["ServiceName"], "domain_names": ["db.example.com"]}
    with pytest.raises(OSError, match="closed connection"):
        databricks.raw("POST", f"{{A}}/network-connectivity-configs/{config}/private-endpoint-rules", body)
    (rule,) = databricks.sdk.network_connectivity.list_private_endpoint_rules(config)
    databricks.comes_to(config, rule.rule_id, "PENDING")


# Policies


def test_a_workspace_always_has_one_policy(databricks: Client) -> None:
    """API, "Network policies"; SRA for what the server fills in."""
    policies, options = databricks.sdk.network_policies, databricks.sdk.workspace_network_configuration
    assert options.get_workspace_network_option_rpc(1).network_policy_id == "default-policy"
    made = policies.create_network_policy_rpc(AccountNetworkPolicy(network_policy_id="closed"))
    assert made.ingress is not None
    options.update_workspace_network_option_rpc(1, WorkspaceNetworkOption("closed", 1))
    with refused("INVALID_STATE", "workspace 1"):
        policies.delete_network_policy_rpc("closed")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        options.update_workspace_network_option_rpc(1, WorkspaceNetworkOption("none", 1))
    options.update_workspace_network_option_rpc(1, WorkspaceNetworkOption("default-policy", 1))
    policies.delete_network_policy_rpc("closed")
    assert [policy.network_policy_id for policy in policies.list_network_policies_rpc()] == ["default-policy"]
    with refused("INVALID_PARAMETER_VALUE"):
        policies.delete_network_policy_rpc("default-policy")


# Service-Direct


def test_service_direct_has_an_api_of_its_own(databricks: Client, account: str, make_vpc: Callable[..., Vpc]) -> None:
    """SDK, ``endpoints``: PENDING, then approved by itself. SRA registers the same endpoint the classic way."""
    vpc = make_vpc(account, "eu-west-1")
    service = SHARDS["commercial"].regions["eu-west-1"].service_direct
    endpoint = databricks.endpoint(vpc, service, "eu-west-1")
    api, parent = databricks.sdk.endpoints, f"accounts/{databricks.id}"
    wanted = Endpoint("zerobus", "eu-west-1", aws_vpc_endpoint_info=AwsVpcEndpointInfo(endpoint))
    made = api.create_endpoint(parent, wanted)
    assert (made.state.value, made.use_case.value, made.name) == (
        "PENDING",
        "SERVICE_DIRECT",
        f"{parent}/endpoints/{made.endpoint_id}",
    )
    databricks.sandbox.step(1)
    assert [found.state.value for found in api.list_endpoints(parent, page_size=1)] == ["APPROVED"]
    classic = databricks.sdk.vpc_endpoints.create(
        aws_vpc_endpoint_id=endpoint, region="eu-west-1", vpc_endpoint_name="zerobus"
    )
    assert classic.use_case.value == "GENERAL_ACCESS"
    with refused("INVALID_PARAMETER_VALUE", "display_name"):
        api.create_endpoint(
            parent, Endpoint("not_a_label", "eu-west-1", aws_vpc_endpoint_info=wanted.aws_vpc_endpoint_info)
        )
    api.delete_endpoint(made.name)
    assert list(api.list_endpoints(parent)) == []


# Answers that fail


def test_answers_that_a_test_arms(databricks: Client) -> None:
    """sdk-go#777: a conflict with nothing in its body. sdk-go#922: HTML where JSON should be."""
    sandbox = databricks.sandbox
    sandbox.databricks_fails("DeleteNetwork", 409, account=databricks.id)
    with pytest.raises(DatabricksError, match="Conflict") as raised:
        databricks.sdk.networks.delete("net-of-1")
    assert raised.value.error_code is None
    sandbox.databricks_fails("ListWorkspaces", 403, "<html><body>login</body></html>")
    with pytest.raises(PermissionDenied):
        databricks.sdk.workspaces.list()
    body = {"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "slow down"}
    sandbox.databricks_fails("ListWorkspaces", 429, body, headers={"Retry-After": "7"}, after=1)
    assert databricks.raw("GET", "{A}/workspaces")[0] == 200
    status, headers, seen = databricks.raw("GET", "{A}/workspaces")
    assert (status, headers["Retry-After"], seen) == (429, "7", body)
    assert databricks.raw("GET", "{A}/workspaces")[0] == 200
    with pytest.raises(ControlError, match="no operation"):
        sandbox.databricks_fails("Nothing", 500)


def test_faults_strike_as_in_aws(databricks: Client) -> None:
    """The SDK's table of errors: throttling is 429, a denial 403."""
    fault = databricks.sandbox.fault
    for kind, status, code in (
        ("throttle", 429, "REQUEST_LIMIT_EXCEEDED"),
        ("deny", 403, "PERMISSION_DENIED"),
        ("error", 500, "INTERNAL_ERROR"),
    ):
        fault("databricks", "ListNetworks", kind, account=databricks.id)
        seen = databricks.raw("GET", "{A}/networks")
        assert (seen[0], seen[2]["error_code"]) == (status, code)
    assert [call["error"] for call in databricks.sandbox.calls(databricks.id)][-3:] == ["429", "403", "500"]


def test_the_sdk_posts_again_after_a_dropped_answer(databricks: Client) -> None:
    """SDK: it retries a POST whose connection ended, and so makes two."""
    databricks.sandbox.fault(
        "databricks", "CreateNetworkConnectivityConfig", "drop", account=databricks.id, performed=True
    )
    databricks.config("twice")
    found = databricks.sandbox.databricks_objects(databricks.id)["connectivity_configs"]
    assert [config["name"] for config in found] == ["twice", "twice"]
    databricks.sandbox.databricks_settings(refuse_duplicates=True)
    with refused("RESOURCE_ALREADY_EXISTS"):
        databricks.config("twice")


def test_what_a_seed_says_is_there(databricks: Client) -> None:
    """Objects with ids of a test's own, which no call has made."""
    config, endpoint = {"network_connectivity_config_id": "ncc-1"}, "vpce-0123456789abcdef0"
    rule = {"rule_id": "rule-1", **config, "endpoint_service": "com.amazonaws.us-east-1.s3", "resource_names": ["lake"]}
    registered = {"vpc_endpoint_id": UNKNOWN, "vpc_endpoint_name": "front", "aws_vpc_endpoint_id": endpoint}
    direct = {"endpoint_id": "e-1", "display_name": "direct", "region": REGION}
    seed: dict[str, Any] = {
        "connectivity_configs": [{**config, "name": "seeded", "region": REGION}],
        "private_endpoint_rules": [{**rule, "connection_state": "ESTABLISHED", "vpc_endpoint_id": endpoint}],
        "vpc_endpoints": [{**registered, "region": REGION, "state": "Available"}],
        "endpoints": [{**direct, "aws_vpc_endpoint_info": {"aws_vpc_endpoint_id": endpoint}, "state": "APPROVED"}],
    }
    for _twice in range(2):
        databricks.sandbox.databricks(databricks.id, client_id="client", client_secret="secret", **seed)
    found = databricks.rule_is("ncc-1", "rule-1")
    assert (found.connection_state.value, found.vpc_endpoint_id) == ("ESTABLISHED", endpoint)
    assert [thing.state for thing in databricks.sdk.vpc_endpoints.list()] == ["Available"]
    (approved,) = databricks.sdk.endpoints.list_endpoints(f"accounts/{databricks.id}")
    assert approved.state.value == "APPROVED"
    databricks.sandbox.databricks_change(databricks.id, "workspaces", "1", {"network_policy_id": "other"})
    networks = databricks.sandbox.databricks_objects(databricks.id)["workspace_networks"]
    assert networks[0] == {"workspace_id": 1, "network_policy_id": "other"}


def test_subnets_may_be_of_one_network_alone(databricks: Client, vpc: Vpc) -> None:
    """SDK, ``Network``, says so; TF moves workspaces to a second one with the same. A test chooses."""
    databricks.network(vpc, "first-of-vpc")
    databricks.network(vpc, "second-of-vpc")
    databricks.sandbox.databricks_settings(refuse_shared_subnets=True)
    with refused("RESOURCE_CONFLICT", "subnet-"):
        databricks.network(vpc, "third-of-vpc")


def test_a_reset_forgets_the_accounts() -> None:
    own = RunningSandbox()
    try:
        own.databricks("gone", client_id="client", client_secret="secret")
        client = connect(own, "gone")
        assert client.workspaces.list() == []
        own.reset()
        with pytest.raises(Unauthenticated):
            client.workspaces.list()
        assert own.boto("111111111111", "ec2").describe_vpc_endpoint_services()["ServiceNames"] == []
    finally:
        own.stop()


def allow(provider: Provider, service_id: str, *principals: str) -> None:
    provider.ec2.modify_vpc_endpoint_service_permissions(ServiceId=service_id, AddAllowedPrincipals=list(principals))


def accept(provider: Provider, service: dict[str, Any], endpoint: str) -> None:
    of = {"ServiceId": service["ServiceId"], "VpcEndpointIds": [endpoint]}
    provider.sandbox.eventually(
        lambda: [found["VpcEndpointId"] for found in provider.connections(service["ServiceId"])],
        lambda ids: endpoint in ids,
    )
    assert provider.ec2.accept_vpc_endpoint_connections(**of)["Unsuccessful"] == []


def reject(provider: Provider, service: dict[str, Any], endpoint: str) -> None:
    of = {"ServiceId": service["ServiceId"], "VpcEndpointIds": [endpoint]}
    assert provider.ec2.reject_vpc_endpoint_connections(**of)["Unsuccessful"] == []


def open_service(provider: Provider) -> dict[str, Any]:
    service = provider.make_service()
    allow(provider, service["ServiceId"], "*")
    return service
