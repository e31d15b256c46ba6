# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One AWS account and region, as the modules call it.

This module util is PRIVATE to the collection.

Calls are named as IAM names them (C(ec2:DescribeVpcEndpointConnections)), so a message, a plan, a policy and the code
speak of one thing. One botocore session serves every client of a process: parsing the service models is most of what a
task costs. Every call is paced (see C(_core/pace.py)); a call that is throttled all the same is repeated until the
deadline of the run, never given up.
"""

from __future__ import annotations

import random
import re
import threading
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor

try:
    import botocore
    import botocore.config
    import botocore.exceptions
    import botocore.parsers
    import botocore.session
    from botocore import xform_name
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import (
    AssumedRole,
    Chain,
    Credentials,
    cache_for,
    what_decides,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.limits import buckets
from ansible_collections.saas.privatelink.plugins.module_utils._aws.models import SERVICES, make_loader, shared_loader
from ansible_collections.saas.privatelink.plugins.module_utils._aws.not_yet import UNKNOWN, Recent
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError, Refused
from ansible_collections.saas.privatelink.plugins.module_utils._core.pace import Pacer
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import progress

OPERATIONS = {("lambda", "InvokeFunction"): "Invoke"}  # IAM action: the call's own name, where they differ
EVENT_NAMES = {"elastic-load-balancing-v2": "elbv2", "route-53": "route53"}  # a service in botocore's events: its name
THROTTLED = (
    "PriorRequestNotComplete",  # Route 53: one change of a zone after the other
    "RequestLimitExceeded",
    "RequestThrottled",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
)
DENIED = ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException")
NEVER_SENT = {"NoCredentialsError": "NoCredentials", "EndpointConnectionError": "EndpointConnectionError"}
SHARE_AGAIN = "Ask the owner to share again, which makes a new invitation."
REFUSED_CREDENTIALS = {
    "AuthFailure": "AWS does not know these credentials, or not in this region.",
    "ExpiredToken": "The credentials have expired: get new ones.",
    "ExpiredTokenException": "The credentials have expired: get new ones.",
    "InvalidClientTokenId": "AWS does not know these credentials.",
    "RequestExpired": "The credentials have expired, or the clock of this machine is wrong.",
    "UnrecognizedClientException": "AWS does not know these credentials.",
}
ROLE_FORM = "Correct assume_role_arn (aws_role_arn): it looks like arn:aws:iam::111111111111:role/privatelink."
NEXT_STEP = {
    **REFUSED_CREDENTIALS,
    "NoCredentials": "Set aws_profile for the host, or AWS_PROFILE or keys in the environment of whoever runs this.",
    "EndpointConnectionError": "Check region (aws_region), and this machine's way to AWS.",
    "ExistingVpcEndpointConnections": (
        "Its connections must end first: have the vendor remove its endpoint, or reject them by accept_connection, or, "
        "to delete the service, by on_connections=reject."
    ),
    "DuplicateLoadBalancerName": "A load balancer of that name exists with other settings: give this one another name.",
    "DuplicateSubnetsInSameZone": (
        "An endpoint takes one subnet in each zone. To exchange a subnet for another in its zone, take it out in one "
        "run and put the other in in the next."
    ),
    "DuplicateTargetGroupName": "A target group of that name exists with other settings: give this one another name.",
    "InvalidVPCId": (
        "Check the VPC's id and its region. A zone is made with a VPC of its own account. One of another account is "
        "associated afterwards: authorise it by `aws route53 create-vpc-association-authorization` in the zone's "
        "account, then run `aws route53 associate-vpc-with-hosted-zone` in the VPC's."
    ),
    "ForbiddenException": "It is another account's, or the policies of the credentials in use do not allow it.",
    "MalformedPolicy": (
        "S3 refuses a policy for any of its statements, as for a principal that does not exist or is deleted. One of "
        "others that was accepted in its day may be the reason."
    ),
    "MethodNotAllowed": "Only identities of the account that owns the bucket may do this, whatever its policy says.",
    "NoSuchBucket": "No bucket has this name, in any account: check its spelling, or make it first.",
    "NotAuthorizedException": (
        "The VPC is another account's: authorise it by `aws route53 create-vpc-association-authorization` in the "
        "zone's account, then run `aws route53 associate-vpc-with-hosted-zone` in the VPC's."
    ),
    "OperationAborted": "S3 was busy with another change of this bucket all the time: run again.",
    "ResourceShareInvitationAlreadyRejectedException": SHARE_AGAIN,
    "ResourceShareInvitationExpiredException": SHARE_AGAIN,
    "SignatureDoesNotMatch": "Check region (aws_region) and the secret key, and the clock of this machine.",
    "TooManyHostedZones": "Delete zones that nobody needs, or ask AWS Support for a higher limit.",
    "ResourceInUse": (
        "What uses it must go first: a load balancer's endpoint service (endpoint_service, state=absent), a target "
        "group's listeners. If another run has just made that, run again."
    ),
}
READS = re.compile(r"[a-z0-9-]+:(Describe|Get|List)")
OVERTAKEN = "If another run has just taken it away, run again."
CATCHING_UP = 240.0  # seconds that AWS may take until one of its parts knows what another has done
FILTER_VALUES = 200  # in one filter of EC2 at most
WORKERS = 16  # more gains nothing: refill rates are 20 a second at most

T = t.TypeVar("T")
R = t.TypeVar("R")


class CallError(Refused):
    """A call that AWS refused; ``code`` is AWS's error code."""

    def __init__(self, action: str, code: str, message: str, subject: str = "") -> None:
        gone = UNKNOWN.search(code) and not READS.match(action)
        advice = NEXT_STEP.get(code, OVERTAKEN if gone else "")
        if code in DENIED:
            trust = ""
            if action == "sts:AssumeRole":
                trust = " and them in the trust policy of the role, or correct assume_role_arn (aws_role_arn),"
            advice = f"Allow {action} in the policies of the credentials in use,{trust} then run again."
        elif (action, code) == ("sts:AssumeRole", "ValidationError"):
            advice = ROLE_FORM
        super().__init__(action, code, message, subject, advice)


class Api:
    """Calls to one account and region. Safe to share between threads.

    ``rate`` scales AWS's published rates (0 = no pacing); ``deadline`` is how many seconds throttled calls are
    repeated. Raises ItemError for what can be no region, a profile that does not exist and an unknown setting in
    ``config``.
    """

    def __init__(
        self,
        region: str,
        credentials: Credentials | None = None,
        endpoint_url: str | None = None,
        verify: bool | str | None = None,
        config: t.Mapping[str, t.Any] | None = None,
        rate: float = 1.0,
        deadline: float = 900.0,
    ) -> None:
        if not arns.REGION.fullmatch(region):
            raise ItemError(f"No region of AWS has the name {region}: they are like us-east-1.")
        self.region = region
        self.ends = time.monotonic() + deadline
        self._clients: dict[str, t.Any] = {}
        self._caches: list[t.Any] = []  # of credentials
        self._lock = threading.Lock()
        self._recent = Recent()
        self._sent = threading.local()  # when a thread's request left
        self._connect: dict[str, t.Any] = {"region_name": region, "endpoint_url": endpoint_url, "verify": verify}
        credentials = credentials or Credentials()
        self._role = credentials.role_arn or ""
        try:
            self._connect["config"] = _config(config or {})
            self._session = self._open(credentials)
        except (botocore.exceptions.BotoCoreError, TypeError) as error:
            raise ItemError(f"These options make no connection to AWS: {error}") from error
        source = credentials.access_key or self._session.get_config_variable("profile") or ""
        self._pacer = Pacer(f"{source} {credentials.role_arn} {region} {endpoint_url}", buckets, rate)
        self._session.register("before-send", self._pace)
        self._session.register("response-received", self._answered)

    def _open(self, wanted: Credentials) -> t.Any:
        session: t.Any = botocore.session.Session(profile=wanted.profile or None)
        # Models of the user's own are found by botocore's own loader only.
        loader = make_loader(session.get_component("data_loader")) if session.get_config_variable("data_path") else None
        session.register_component("data_loader", loader or shared_loader())
        cache = cache_for(what_decides(wanted, self.region, self._connect["endpoint_url"]))
        self._caches.append(cache)
        if wanted.role_arn:
            own = wanted._replace(role_arn=None, external_id=None)
            role = AssumedRole(wanted, self._connect, cache, lambda: self._open(own))
            session.register_component("credential_provider", role)
        elif wanted.access_key and not wanted.profile:
            session.set_credentials(wanted.access_key, wanted.secret_key, wanted.session_token)
        else:
            session.register_component("credential_provider", Chain(session, self.region, cache))
        return session

    def _pace(self, event_name: str, **kwargs: t.Any) -> None:
        self._pacer.acquire(*_of_event(event_name))
        self._sent.at = time.monotonic()

    def _answered(self, event_name: str, parsed_response: t.Any = None, **kwargs: t.Any) -> None:
        """The pace learns from every answer, also from refusals that botocore repeats by itself."""
        self._pacer.answered(time.monotonic() - self._sent.at)
        if ((parsed_response or {}).get("Error") or {}).get("Code") in THROTTLED:
            self._pacer.throttled(*_of_event(event_name))

    def check_account(self, wanted: str) -> None:
        """Raise ItemError unless the credentials are of this account. AWS is asked once a run."""
        if not arns.ACCOUNT.fullmatch(wanted):
            raise ItemError(
                f"aws_account_id (account_id) is not an account id of 12 digits: {wanted!r}. {arns.QUOTE_ACCOUNT}"
            )
        cache = self._caches[0]
        if "account" not in cache:
            cache["account"] = {"Account": str(self.call("sts:GetCallerIdentity")["Account"])}
        account = cache["account"]["Account"]
        if account != wanted:
            raise ItemError(
                f"These credentials are of account {account}, not of {wanted}, as aws_account_id (account_id) says. "
                "Nothing was called there. Check the profile, the role and the keys of this environment."
            )

    def client(self, service: str) -> t.Any:
        """The botocore client of a service, made once; ``service`` is IAM's prefix or botocore's name."""
        name = SERVICES.get(service, service)
        with self._lock:
            if name not in self._clients:
                try:
                    self._clients[name] = self._session.create_client(name, **self._connect)
                except (botocore.exceptions.BotoCoreError, ValueError) as error:
                    raise ItemError(f"Cannot call {service} in {self.region}: {error}") from error
            return self._clients[name]

    @property
    def partition(self) -> str:
        """The partition of the region, for example C(aws) or C(aws-us-gov)."""
        try:
            return str(self._session.get_partition_for_region(self.region))
        except botocore.exceptions.BotoCoreError as error:
            raise ItemError(f"Cannot use region {self.region}: {error}") from error

    def supports(self, action: str, member: str) -> bool:
        """Whether the installed botocore knows a parameter of a call. Versions are not a safe guide to that.

        A dot leads into a parameter: C(DnsOptions.PrivateDnsPreference).
        """
        service, operation = _service_and_operation(action)
        model = self.client(service).meta.service_model
        if operation not in model.operation_names:
            return False
        shape = model.operation_model(operation).input_shape
        for name in member.split("."):
            if name not in shape.members:
                return False
            shape = shape.members[name]
        return True

    def require(self, action: str, member: str, option: str) -> None:
        """Fail, clearly, where an option needs a newer botocore."""
        if not self.supports(action, member):
            installed = botocore.__version__
            raise ItemError(
                f"{option} needs a newer botocore: the installed {installed} does not know {member} of {action}."
            )

    def call(self, action: str, subject: str = "", **params: t.Any) -> t.Mapping[str, t.Any]:
        """Make one call and return the answer.

        Raises CallError, also for what a 200 answer lists as unsuccessful. ``subject`` says in the message what the
        call was for.
        """
        service, operation = _service_and_operation(action)
        answer = self._send(action, getattr(self.client(service), xform_name(operation)), subject, params)
        failures = answer.get("Unsuccessful") or []
        refused = [(failure.get("ResourceId", subject), failure.get("Error") or {}) for failure in failures]
        if refused:
            which = ", ".join(resource for resource, dummy in refused)
            messages = "; ".join(dict.fromkeys(str(reason.get("Message", "")) for dummy, reason in refused))
            raise CallError(action, str(refused[0][1].get("Code", "")), messages, which)
        return answer

    def role_keys(self) -> dict[str, str]:
        """Keys of the role for tools that assume none, of one session: access_key, secret_key, session_token.

        Raises CallError, which names the role.
        """
        frozen = self._session.get_credentials().get_frozen_credentials
        keys = self._send("sts:AssumeRole", lambda: frozen()._asdict(), self._role, {})
        return {"access_key": keys["access_key"], "secret_key": keys["secret_key"], "session_token": keys["token"]}

    def _send(
        self, action: str, method: t.Callable[..., t.Any], subject: str, params: t.Mapping[str, t.Any]
    ) -> t.Mapping[str, t.Any]:
        operation = _service_and_operation(action)[1]
        longest = 1.0
        while True:
            try:
                return t.cast("t.Mapping[str, t.Any]", method(**params))
            except botocore.exceptions.ClientError as error:
                reason = error.response.get("Error", {})
                code = str(reason.get("Code", ""))
                if code in REFUSED_CREDENTIALS:  # the next task is to get others
                    for cache in self._caches:
                        cache.forget()
                if code not in THROTTLED or time.monotonic() >= self.ends:
                    refused = action
                    if error.operation_name != operation:  # the role could not be assumed
                        refused, subject = f"sts:{error.operation_name}", f"{self._role} to call {action}".lstrip()
                    raise CallError(refused, code, str(reason.get("Message", "")), subject) from error
            except (botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError) as error:
                code = NEVER_SENT.get(type(error).__name__, "")
                raise CallError(action, code, str(error), subject) from error
            time.sleep(random.uniform(longest / 5, longest))
            longest = min(20.0, longest * 2)

    def apply(self, change: Change) -> t.Mapping[str, t.Any]:
        """Make a planned call; an error that says that the change is already there is no error.

        One that comes too early, because AWS does not know everywhere yet what was made or removed, is made again.
        """
        began, pause = time.monotonic(), 1.0
        while True:
            try:
                answer = self.call(change.action, change.summary, **change.params)
                self._recent.note(change, answer)
                return answer
            except CallError as error:
                waited = time.monotonic() - began
                if error.code in change.settled_by:
                    return {}
                early = error.code in change.retried_on or self._recent.passes(change, error.code, str(error))
                if not early or waited >= CATCHING_UP:
                    raise
                progress(
                    f"{change.summary}: AWS answers {error.code} ({waited:.0f}s, gives up after {CATCHING_UP:.0f}s)"
                )
            time.sleep(pause)
            pause = min(5.0, pause * 1.5)

    def pages(self, action: str, key: str, **params: t.Any) -> list[t.Any]:
        """All entries under ``key`` of a call that answers in pages (NextToken, nextToken or Marker).

        A page may be empty and yet not the last.
        """
        found: list[t.Any] = []
        while True:
            answer = self.call(action, **params)
            found.extend(answer.get(key) or [])
            if answer.get("NextToken"):
                params["NextToken"] = answer["NextToken"]
            elif answer.get("nextToken"):  # RAM, VPC Lattice
                params["nextToken"] = answer["nextToken"]
            elif answer.get("NextMarker") or answer.get("Marker"):
                params["Marker"] = answer.get("NextMarker") or answer["Marker"]
            else:
                return found

    def filtered(self, action: str, key: str, name: str, values: t.Iterable[str], **params: t.Any) -> list[t.Any]:
        """All entries under ``key`` whose filter ``name`` is one of ``values``; no call where there are none."""
        wanted = sorted(set(values))
        found: list[t.Any] = []
        for start in range(0, len(wanted), FILTER_VALUES):
            some = [{"Name": name, "Values": wanted[start : start + FILTER_VALUES]}]
            found += self.pages(action, key, Filters=some, MaxResults=1000, **params)
        return found

    def each(self, work: t.Callable[[T], R], things: t.Sequence[T]) -> list[R | ItemError]:
        """``work`` on every thing, at most 16 at a time; an ItemError becomes that thing's result."""

        def guarded(thing: T) -> R | ItemError:
            try:
                return work(thing)
            except ItemError as error:
                return error

        if len(things) < 2:
            return [guarded(thing) for thing in things]
        with ThreadPoolExecutor(max_workers=min(WORKERS, len(things))) as pool:
            return list(pool.map(guarded, things))

    def all(self, work: t.Callable[[T], R], things: t.Sequence[T]) -> list[R]:
        """``work`` on every thing, at most 16 at a time; the first ItemError is raised."""
        done: list[R] = []
        for result in self.each(work, things):
            if isinstance(result, ItemError):
                raise result
            done.append(result)
        return done


def _config(settings: t.Mapping[str, t.Any]) -> t.Any:
    """How clients behave; ``settings`` of the user come last."""
    ours = botocore.config.Config(
        max_pool_connections=WORKERS,
        retries={"mode": "standard", "total_max_attempts": 4},
        user_agent_extra="saas.privatelink",
    )
    return ours.merge(botocore.config.Config(**settings))


def _service_and_operation(action: str) -> tuple[str, str]:
    """IAM's prefix and botocore's operation of an action, for example C(lambda) and C(Invoke)."""
    service, operation = action.split(":")
    return service, OPERATIONS.get((service, operation), operation)


def _of_event(name: str) -> tuple[str, str]:
    """Service and operation of one of botocore's events, for example C(before-send.ec2.DescribeVpcs)."""
    service, operation = name.split(".")[1:]
    return EVENT_NAMES.get(service, service), operation
