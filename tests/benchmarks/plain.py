# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the calls of a file with plain boto3: ``python plain.py CALLS``. What a script could do at best.

CALLS is JSON, entries of the sandbox's log in their order. A role is assumed where the log says so, and its account has
one session from then on; each account, region and service has one client.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
from botocore import xform_name


def session_of(credentials: dict[str, str]) -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        calls: list[dict[str, Any]] = json.load(file)
    sessions: dict[str, boto3.Session] = {}
    clients: dict[tuple[str, str, str], Any] = {}
    for call in calls:
        account, region, service = where = (call["account"], call["region"], call["service"])
        if account not in sessions:
            sessions[account] = boto3.Session()
        if where not in clients:
            clients[where] = sessions[account].client(service, region_name=region)
        answer = getattr(clients[where], xform_name(call["operation"]))(**call["params"])
        if call["operation"] == "AssumeRole":
            sessions[call["params"]["RoleArn"].split(":")[4]] = session_of(answer["Credentials"])


main()
