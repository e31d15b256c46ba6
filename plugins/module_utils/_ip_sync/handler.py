# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP sync as an AWS Lambda function: `handler` is its entry.

What it does follows from the event:

* one of RDS (EventBridge, failover, availability or maintenance) about a database that a sync follows starts a watch:
  DNS is asked every second until its answer differs from the one at the time of the event and the group follows it;
* any other event of RDS is ignored, and so is one that has been seen before or that is older than the last change;
* a scheduled event, or an invocation with `{}`, runs each sync once;
* `{"configuration": true}` returns what the function is told, so that more can be added to it;
* `{"check": true}` only plans, `{"report": true}` runs; both return failures as results. With a list of `syncs`, each
  with `name`, `endpoint` and `target_group`, they concern those alone, and `unknown` names the ones that are not, or
  not so, in the configuration.

Any other invocation raises when a sync has failed, so that Lambda counts an error. Every run of a sync prints one line
of JSON, which is also its metrics in CloudWatch's embedded format: nothing has to be called for them.

Sources: Amazon RDS User Guide, "Amazon RDS event categories"; Amazon CloudWatch User Guide, "Embedded metric format
specification" (read 2026-11).
"""

from __future__ import annotations

import json
import os
import sys
import time
import typing as t
from datetime import datetime
from pathlib import Path

from .service import Report, Service, connect
from .settings import Settings

VARIABLE = "IP_SYNC_CONFIG"  # the configuration, where it is short: Lambda allows 4 KB for all variables together
FILE = Path(__file__).parent.parent / "ip_sync.json"  # where the package has it
NAMESPACE = "saas.privatelink/ip_sync"
CATEGORIES = {"failover", "availability", "maintenance"}
RESERVE = 20.0  # seconds of a function's time that a watch leaves for its last run
REMEMBERED = 100  # ids of events

_services: dict[str, Service] = {}
_seen: dict[str, None] = {}


class SyncsFailed(Exception):
    """Some syncs failed; the message names them, the log lines have the details."""


def handler(event: t.Mapping[str, t.Any] | None, context: t.Any = None) -> dict[str, t.Any]:
    """Lambda's entry. Returns `results`, one report for each sync that ran, or `ignored`, why nothing did."""
    event = event or {}
    if event.get("configuration"):
        return dict(json.loads(configuration()))
    service = prepared()
    if event.get("source") == "aws.rds":
        return answer(*follow(service, event, budget(service, context)))
    if event.get("check") or event.get("report"):
        names = known(service, event["syncs"]) if "syncs" in event else None
        unknown = sorted({sync["name"] for sync in event.get("syncs", ())} - set(names or ()))
        return {"results": service.run(names, check=bool(event.get("check"))), "unknown": unknown}
    return answer(service.run(), "")


def known(service: Service, wanted: t.Sequence[t.Mapping[str, str]]) -> list[str]:
    """The names of the syncs that are configured as the caller believes."""
    have = {sync.name: (sync.endpoint, group_name(sync.target_group)) for sync in service.settings.syncs}
    return [
        sync["name"]
        for sync in wanted
        if have.get(sync["name"]) == (sync["endpoint"], group_name(sync["target_group"]))
    ]


def group_name(text: str) -> str:
    """The name of a target group, which its ARN holds between slashes."""
    return text.split("/")[1] if text.startswith("arn:") else text


def prepared() -> Service:
    """The service, made once for each configuration in the life of the process."""
    text = configuration()
    if text not in _services:
        _services[text] = Service(Settings.from_json(text), connect(), told=log)
    return _services[text]


def configuration() -> str:
    """The JSON document that the function is told."""
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    # Inside a zip there is no path to open, but Lambda unpacks the package; a zip on sys.path has a loader.
    if FILE.is_file():
        return FILE.read_text(encoding="utf-8")
    loader: t.Any = globals().get("__loader__")
    return bytes(loader.get_data(str(FILE))).decode()


def budget(service: Service, context: t.Any) -> float:
    """How long a watch may last, in seconds: what is configured, within what the function has left."""
    if context is None:
        return service.settings.budget
    return min(service.settings.budget, context.get_remaining_time_in_millis() / 1000 - RESERVE)


def answer(reports: t.Sequence[Report], ignored: str) -> dict[str, t.Any]:
    """What an invocation returns. Raises SyncsFailed if a sync has failed."""
    failed = [f"{report['name']}: {report['msg']}" for report in reports if report["failed"]]
    if failed:
        raise SyncsFailed(f"{len(failed)} of {len(reports)} syncs failed: {'; '.join(failed)}")
    return {"ignored": ignored} if ignored else {"results": list(reports)}


# Events of RDS


def follow(service: Service, event: t.Mapping[str, t.Any], seconds: float) -> tuple[list[Report], str]:
    """Watch what an event is about. Returns the reports of the last runs, or why the event was ignored."""
    detail = event.get("detail") or {}
    categories = {str(category).lower() for category in detail.get("EventCategories") or ()}
    if not categories & CATEGORIES:
        return [], f"an event of another category: {', '.join(sorted(categories)) or 'none'}"
    if event.get("id") in _seen:
        return [], "an event that has been seen before"
    looked = service.look(sync.name for sync in service.settings.syncs)
    database = str(detail.get("SourceIdentifier", "")).lower()
    names = [sync.name for sync in service.settings.syncs if concerns(database, sync.endpoint, looked.get(sync.name))]
    if not names:
        return [], f"no sync follows {database or 'the database of the event'}"
    remember(str(event.get("id", "")))
    before = {name: addresses for name, (addresses, _chain) in looked.items()}
    # RDS sends several events for one failover. Those that come late find the group in order: a run is enough. The time
    # of an event is in whole seconds.
    fresh = [name for name in names if service.moved.get(name, 0.0) <= happened(event) + 1]
    return service.watch(fresh, seconds, before), ""


def concerns(database: str, endpoint: str, looked: tuple[frozenset[str], tuple[str, ...]] | None) -> bool:
    """Whether a name is that of a database: by itself, or by a CNAME on the way to its addresses.

    A cluster's endpoint is a CNAME to that of its writer, and a name of one's own is one to that of RDS.
    """
    names = [endpoint, *(looked[1] if looked else ())]
    return bool(database) and database in [name.lower().partition(".")[0] for name in names]


def happened(event: t.Mapping[str, t.Any]) -> float:
    """When, in Unix seconds; now if the event does not say."""
    try:
        return datetime.fromisoformat(str(event["time"]).replace("Z", "+00:00")).timestamp()
    except (KeyError, ValueError):
        return time.time()


def remember(event_id: str) -> None:
    if event_id:
        _seen[event_id] = None
    while len(_seen) > REMEMBERED:
        del _seen[next(iter(_seen))]


# The log


def log(report: Report) -> None:
    """One line for one run of one sync."""
    sys.stdout.write(json.dumps(line(report), separators=(",", ":")) + "\n")
    sys.stdout.flush()


def line(report: Report) -> dict[str, t.Any]:
    """The line: what the run did, and its metrics for the sync alone and for all syncs of the function."""
    wanted = set(report.get("desired", ()))
    targets = [target for target in report.get("targets", ()) if target["id"] in wanted]
    healthy = [target for target in targets if target["state"] == "healthy"]
    metrics: dict[str, tuple[float, str]] = {"AnswerAge": (report["answer_age"], "Seconds")}
    if "targets" in report:
        metrics["DesiredTargets"] = (len(wanted), "Count")
        metrics["ActiveTargets"] = (len(report["active"]), "Count")
        metrics["HealthyHostCount"] = (len(healthy), "Count")
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [["FunctionName"], ["FunctionName", "Sync"]],
        "Metrics": [{"Name": name, "Unit": unit} for name, (_value, unit) in metrics.items()],
    }
    kept = ("check", "changed", "failed", "msg", "waiting", "warnings", "endpoint", "target_group", "writes")
    told = ("state", "reason", "desired", "active", "registered", "drained", "ttl")
    return {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [] if report["check"] else [directive]},
        "FunctionName": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "by hand"),
        "Sync": report["name"],
        **{name: value for name, (value, _unit) in metrics.items()},
        **{key: report[key] for key in (*kept, *told) if key in report},
    }
