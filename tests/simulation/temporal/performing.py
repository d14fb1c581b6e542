"""Activities: the product's own, over a real database, each performed when the server says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import temporalio.activity
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.activity_result import ActivityResolution, Success
from temporalio.bridge.proto.activity_result import Failure as Failed
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment


class ActivityFailed(RuntimeError):
    """An activity failed in a way that is tried again and again."""


class Activities:
    """Performs activities by their names."""

    def __init__(self, activities: Sequence[Callable[..., Any]], client: Any) -> None:
        known = [temporalio.activity._Definition.must_from_callable(one) for one in activities]
        self._known = {definition.name: definition for definition in known}
        self._environment = ActivityEnvironment(client)
        self.after: Callable[[str, Any], Awaitable[None]] | None = None
        """What happens between an activity and what its workflow makes of it; given its name and its result."""

    async def perform(self, name: str, given: Sequence[Payload]) -> ActivityResolution:
        """Perform an activity and return what its workflow is told. Raises ActivityFailed where it would be retried."""
        definition = self._known[name]
        arguments = await pydantic_data_converter.decode(list(given), definition.arg_types)
        try:
            result = await self._environment.run(definition.fn, *arguments)
        except ApplicationError as fault:
            if not fault.non_retryable:
                raise ActivityFailed(f"{name}: {fault}") from fault
            return ActivityResolution(failed=Failed(failure=await _failure(name, fault)))
        except Exception as fault:
            raise ActivityFailed(f"{name}: {type(fault).__name__}: {fault}") from fault
        if self.after is not None:
            await self.after(name, result)
        (payload,) = await pydantic_data_converter.encode([result])
        return ActivityResolution(completed=Success(result=payload))


async def _failure(name: str, fault: ApplicationError) -> Failure:
    failure = Failure(message="Activity task failed")
    failure.activity_failure_info.activity_type.name = name
    await pydantic_data_converter.encode_failure(fault, failure.cause)
    return failure
