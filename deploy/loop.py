"""The event loop of the processes that do the work all day: libuv's, which takes less processor time (`make bench`)."""

from __future__ import annotations

import gc
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

Result = TypeVar("Result")


def work_through(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end, and return what it returns."""
    gc.collect()
    gc.freeze()  # what is imported by now stays: each collection would look at all of it
    return uvloop.run(work)
