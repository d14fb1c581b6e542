"""A partnership's details and search attributes in the Temporal UI, for operators."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Attributes
    from domain.errors import Stopped
    from domain.partnership.state import Partnership
    from workflows import attributes
    from workflows.describe import details_of, stopped_line


class OperatorsView:
    """The view of a partnership for operators, which sends search attributes only if one changed."""

    def __init__(self) -> None:
        self._sent: list[tuple[str, Any]] = []

    def show(self, partnership: Partnership, search_attributes: Attributes | None, fault: Stopped | None) -> None:
        """Publish the state and, if nothing may be decided, the reason. `search_attributes`: None at first."""
        if search_attributes is None:
            self._show_stopped_before_it_was_read(fault)
            return
        workflow.set_current_details(details_of(partnership, str(fault or "")))
        updates = attributes.of(search_attributes, partnership.version, fault is not None)
        # A new version alone is no reason to send them: each sending is an event of the history.
        attribute_pairs = [
            (update.key.name, update.value) for update in updates if update.key is not attributes.VERSION
        ]
        if attribute_pairs != self._sent:
            workflow.upsert_search_attributes(updates)
            self._sent = attribute_pairs

    def _show_stopped_before_it_was_read(self, fault: Stopped | None) -> None:
        if fault is not None and not self._sent:
            workflow.set_current_details(stopped_line(str(fault)))
            workflow.upsert_search_attributes([attributes.STOPPED.value_set(True)])
            self._sent = [(attributes.STOPPED.name, True)]
