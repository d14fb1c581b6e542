"""Lists of workflows for operators. The Temporal UI keeps saved views in a browser: each is handed over by a link."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urlencode

from workflows import attributes

_OPEN: Final = "ExecutionStatus = 'Running'"
_PARTNERSHIPS: Final = f"WorkflowType = 'Partnership' AND {_OPEN}"


class OperatorsList(NamedTuple):
    """A list of workflows under a name."""

    name: str
    query: str
    """In the language of Temporal's list filters."""

    def address(self, workflows: str, *, kept: bool) -> str:
        """Return its address below that of the list of workflows. `kept`: the browser saves it under its name too.

        The Temporal UI saves what an address calls `savedQuery` (seen in version 2.54.1), once for each time it is
        opened.
        """
        return f"{workflows}?" + urlencode({"query": self.query} | ({"savedQuery": self.name} if kept else {}))


VIEWS: Final = (
    OperatorsList("Open partnerships", _PARTNERSHIPS),
    OperatorsList("Stopped: nothing is decided", f"{attributes.WHERE_STOPPED} AND {_OPEN}"),
    OperatorsList("On hold", f"{_PARTNERSHIPS} AND {attributes.ON_HOLD.name} = true"),
    OperatorsList("Waits for a payer", f"{_PARTNERSHIPS} AND {attributes.AWAITING.name} = 'PAYER'"),
    OperatorsList("Payments on their way", f"WorkflowType = 'Tranche' AND {_OPEN}"),
    OperatorsList("Payments tried again", f"WorkflowType = 'Tranche' AND {attributes.ATTEMPT.name} > 1"),
    OperatorsList("Failed", "ExecutionStatus = 'Failed' OR ExecutionStatus = 'TimedOut'"),
)
"""The views, in the order in which an operator goes through them."""
