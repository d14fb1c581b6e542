"""JSON logs for machines to read, with workflow ids to search for. An allow-list of keys excludes personal data."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor
from temporalio import activity, workflow

ALLOWED: Final = frozenset(
    {
        *("timestamp", "level", "logger", "event", "error", "attempt", "reason", "remedy"),
        *("service", "namespace", "task_queue", "pending", "pid"),
        *("partnership", "workflow", "workflow_id", "run_id", "workflow_type", "activity_type"),
        *("act", "kind", "command_id", "recorded", "code"),
        *("build", "registers", "notices", "projection", "origin", "signing_origin", "seen", "knows", "checkpoint"),
        *("day", "verdict"),
    }
)
"""The keys that are logged. All others are dropped, since they may hold names or account numbers."""


def configure_logs() -> None:
    """Write every log record, ours and the libraries', to standard error as one JSON object per line."""
    logging.captureWarnings(True)  # a library's warning is a line like any other
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper("iso"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, _temporal_context],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _name_the_error,
            _keep_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


def _temporal_context(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Copy the ids that the SDK attaches to a record to its top level, where they can be searched for."""
    record = event.get("_record")
    context: Mapping[str, Any] = {
        **getattr(record, "temporal_workflow", {}),
        **getattr(record, "temporal_activity", {}),
    }
    context_keys = ("workflow_id", "run_id", "workflow_type", "activity_type", "attempt")
    return {**event, **{key: context[key] for key in context_keys if key in context}}


def _name_the_error(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by the name of its type: its text and traceback may contain personal data."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple) and info[0] is not None:
        event["error"] = info[0].__name__
    elif isinstance(info, BaseException):
        event["error"] = type(info).__name__
    return event


def _keep_allowed(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key in ALLOWED}
