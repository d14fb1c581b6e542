"""The event loop of the processes that do the work all day: libuv's, which takes less processor time (`make bench`)."""

from __future__ import annotations

import gc
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import uvloop

Result = TypeVar("Result")

_NEW_OBJECTS: Final = 20_000
"""New objects after which Python looks for garbage. Most of what is decoded and folded holds nothing that is."""


def work_through(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end, and return what it returns."""
    gc.collect()
    gc.freeze()  # what is imported by now stays: each collection would look at all of it
    gc.set_threshold(_NEW_OBJECTS, 50, 50)
    return uvloop.run(work)
