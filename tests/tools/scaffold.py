# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what something new begins with: an emulated operation, or a module for AWS.

    python -m tests.tools.scaffold operation ram ListPermissions permissions
    python -m tests.tools.scaffold module customer_gateway

What is written can be imported at once, and its test fails until both are written. Nothing that exists is overwritten;
to a file of the same resource the new operation is added at the end.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from string import Template

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, OperationNotFoundError

from tests.sandbox import aws
from tests.sandbox.core.operations import OPERATIONS
from tests.tools.generate.returns import completed
from tests.tools.place import ROOT

SHEBANG = "#!/usr/bin/python\n"  # in no template, where it would be taken for that of a program
TEMPLATES = Path(__file__).with_name("templates")


class Refused(Exception):
    """Why nothing was written, in words for whoever asked."""


def fill(template: str, values: dict[str, str]) -> str:
    """Return a template of that name with its values."""
    return Template((TEMPLATES / f"{template}.txt").read_text()).substitute(values)


def model_of(service: str, operation: str) -> OperationModel:
    """Return botocore's model of an operation. Raises Refused where botocore has none."""
    try:
        return botocore.session.Session().get_service_model(service).operation_model(operation)
    except UnknownServiceError as error:
        raise Refused(f"botocore has no service {service}") from error
    except OperationNotFoundError as error:
        raise Refused(f"{service} has no operation {operation}") from error


def extended(path: Path, head: str, function: str, name: str) -> str:
    """Return the text of a file, or `head` if it is new, with a function at the end.

    Raises Refused if the file has a function of that name.
    """
    text = path.read_text() if path.exists() else head
    if f"def {name}(" in text:
        raise Refused(f"{path.name} has a function {name} already")
    return text.replace("calls import Call\n", "calls import AwsError, Call\n") + function


def write(texts: dict[Path, str]) -> None:
    """Write each text to its file, and make the folders for it."""
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def write_operation(root: Path, service: str, operation: str, resource: str) -> list[Path]:
    """Write the stub of an emulated operation and its test, and return their files.

    `service` and `operation` are botocore's names, `resource` is that of the file: `vpc_endpoints`.
    """
    model = model_of(service, operation)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", resource) or resource == "resources":
        raise Refused(f"a file cannot be called {resource}: name the resource in the plural, as in vpc_endpoints")
    aws.load()
    if (service, operation) in OPERATIONS:
        raise Refused(f"the sandbox has {service} {operation} already, in {OPERATIONS[service, operation].__module__}")
    required = model.input_shape.required_members if model.input_shape else []
    values = {
        "service": service,
        "operation": operation,
        "function": xform_name(operation),
        "title": resource.replace("_", " ").capitalize(),
        "parameters": ", ".join(f"{name}=..." for name in required),
    }
    room = aws.room(service)
    performed = root / "tests" / "sandbox" / "aws" / room / f"{resource}.py"
    tested = root / "tests" / "contract" / f"test_{room.strip('_')}_{resource}.py"
    name = values["function"]
    texts = {
        performed: extended(performed, fill("operations", values), fill("operation", values), name),
        tested: extended(tested, fill("contract_tests", values), fill("contract_test", values), f"test_{name}"),
    }
    write(texts)
    return list(texts)


def write_module(root: Path, name: str) -> list[Path]:
    """Write the stub of a module that manages something in AWS, with all that it needs, and return the files.

    Raises Refused for a name that no module can have, and where one of the files exists.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or name.endswith("_info"):
        raise Refused(f"{name} names no module that manages something: write it as in customer_gateway")
    noun, words = name.rpartition("_")[2], name.replace("_", " ")
    version = re.search(r"^version: (.+)$", (ROOT / "galaxy.yml").read_text(), re.M)
    values = {
        "name": name,
        "noun": noun,
        "item": noun.capitalize(),
        "words": words,
        "title": words.capitalize(),
        "version": version[1] if version else "",
    }
    plugins = root / "plugins"
    texts = {
        plugins / "modules" / f"{name}.py": SHEBANG + completed(name, fill("module", values)),
        plugins / "module_utils" / "_aws" / f"{name}.py": fill("module_util", values),
        root / "tests" / "unit" / "modules" / f"test_{name}.py": fill("module_test", values),
    }
    for path in texts:
        if path.exists():
            raise Refused(f"there is {path.relative_to(root)} already")
    write(texts)
    return list(texts)


def main() -> int:
    """Write what the command line asks for, and say which files to open."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.tools.scaffold", description=(__doc__ or "").partition("\n")[0]
    )
    kinds = parser.add_subparsers(dest="kind", required=True)
    new = kinds.add_parser("operation", help="an operation that the sandbox performs itself, and its test")
    new.add_argument("service", metavar="SERVICE", help="botocore's name, such as vpc-lattice")
    new.add_argument("operation", metavar="OPERATION", help="as AWS writes it, such as ListServiceNetworks")
    new.add_argument("resource", metavar="RESOURCE", help="name of the file, such as service_networks")
    new = kinds.add_parser("module", help="a module for AWS with its module util and its test")
    new.add_argument("name", metavar="NAME", help="of the module, such as customer_gateway")
    options = parser.parse_args()
    try:
        if options.kind == "module":
            files = write_module(ROOT, options.name)
        else:
            files = write_operation(ROOT, options.service, options.operation, options.resource)
    except Refused as refused:
        print(f"Nothing was written: {refused}.", file=sys.stderr)
        return 1
    print("Written, and now yours to fill:", *(str(path.relative_to(ROOT)) for path in files), sep="\n  ")
    if options.kind == "module":
        todo = f"python -m tests.tools.generate, {options.name}_info, its policy in docs/iam"
        print(f"Still to do, as CONTRIBUTING.md says: {todo}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
