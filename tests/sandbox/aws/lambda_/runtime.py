# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Lambda function's process: loads the handler, then answers invocations, one JSON line each, until stdin ends.

Run by functions.py as ``python -I -S runtime.py HANDLER FOLDER...`` with nothing on the path but the standard
library, the unpacked package and what AWS's runtime brings along.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import time
import traceback
from typing import Any


class Context:
    """As much of Lambda's context as is in use."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.time()) * 1000))


def main() -> None:
    module, _dot, function = sys.argv[1].rpartition(".")
    sys.path[:0] = sys.argv[2:]
    handler: Any = None
    for text in sys.stdin:
        asked = json.loads(text)
        printed = io.StringIO()
        began = time.perf_counter()
        try:
            with contextlib.redirect_stdout(printed):
                handler = handler or getattr(importlib.import_module(module), function)
                answer = {"payload": handler(asked["event"], Context(asked["deadline"])), "error": False}
        except Exception as error:
            trace = traceback.format_tb(error.__traceback__)
            payload = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}
            answer = {"payload": payload, "error": True}
        answer.update(log=printed.getvalue(), seconds=time.perf_counter() - began)
        sys.__stdout__.write(json.dumps(answer) + os.linesep)  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
