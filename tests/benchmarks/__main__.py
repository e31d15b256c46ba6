# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the collection beside its nearest peers: ``python -m tests.benchmarks [--quick | --full] [ROW ...]``.

Prints a table and always ends with status 0: figures of a busy machine decide nothing. Call counts and zero writes are
asserted by the tests. Whole ``ansible-playbook`` processes run in turn, A B A B, so that other load meets all alike;
figures are medians of the ratios of neighbours, kept in .cache/benchmarks/results.json. What is told has no mark.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tests.sandbox.client import RunningSandbox
from tests.tools.place import CACHE

from .measure import ProgramFailed, workshop
from .rows import ROWS, TOLD, Bench, Line

COMPARED = """\
What is compared: amazon.aws has no module for endpoint services or for connections to them. The nearest is
amazon.aws.ec2_vpc_endpoint, which manages one endpoint a task and is looped over N endpoints; beside it stands one task
of ours over N endpoint services or N connections. Both sides find everything as it should be (no-op).
Everything runs against the sandbox on this machine: connection local, no facts, pinned interpreter. CPU and memory are
those of all processes of a run; memory is looked at in runs of its own, as that takes CPU. With a load above the number
of CPUs, trust the CPU ratios rather than the wall."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)} (default all)")
    how_much = parser.add_mutually_exclusive_group()
    how_much.add_argument("--quick", action="store_true", help="few rounds of few items, about two minutes")
    how_much.add_argument("--full", action="store_true", help="also what takes long: the peers at full size")
    options = parser.parse_args()
    unknown = set(options.rows) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    return options


def measured(name: str, bench: Bench) -> Iterator[Line]:
    """A row's lines as they come; a program that fails is a line, too."""
    try:
        yield from ROWS[name](bench)
    except ProgramFailed as failure:
        yield Line(f"{name}: every program ends well", "0 failed", "failed", False, str(failure))


def machine() -> dict[str, Any]:
    packages = ("ansible-core", "boto3", "botocore", "moto")
    versions = {name: importlib.metadata.version(name) for name in packages}
    return {"cpus": os.cpu_count(), "python": platform.python_version(), **versions}


def main() -> None:
    options = arguments()
    lines: list[dict[str, Any]] = []
    print(COMPARED, "\n", flush=True)
    print("row        met  wanted    measured    what", flush=True)
    sandbox = RunningSandbox("--lag", "0")
    try:
        with workshop() as make:
            bench = Bench(sandbox, make, options.quick, options.full)
            for name in options.rows or ROWS:
                load = os.getloadavg()[0]
                for line in measured(name, bench):
                    show(name, line)
                    lines.append({"row": name, **asdict(line), "load": [load, os.getloadavg()[0]]})
    finally:
        sandbox.stop()
    keep(lines, options)


def show(name: str, line: Line) -> None:
    met = "-" if line.wanted == TOLD else "yes" if line.met else "NO"
    print(f"{name:<10} {met:<4} {line.wanted:<9} {line.measured:<11} {line.what}", flush=True)
    if line.note:
        print(f"{'':<38}({line.note}; load {os.getloadavg()[0]:.1f})", flush=True)


def keep(lines: list[dict[str, Any]], options: argparse.Namespace) -> None:
    """Write the results beside the checks' own; say how many figures are met."""
    path = CACHE / "benchmarks" / "results.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    how_much = "quick" if options.quick else "full" if options.full else "default"
    moment = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    document = {"time": moment, "how_much": how_much, "machine": machine(), "lines": lines}
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
    marks = [line["met"] for line in lines if line["wanted"] != TOLD]
    print(f"\n{sum(marks)} of {len(marks)} met; kept in {path}")


if __name__ == "__main__":
    main()
