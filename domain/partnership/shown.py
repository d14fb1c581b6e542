"""Views: the terms that a person was shown of a partnership must stand when they decide."""

from __future__ import annotations

from domain.errors import StaleDecision
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.signatures.signing import Terms


def require_current_view(partnership: Partnership, command: c.StaffRequest) -> None:
    """Raise StaleDecision if the state has changed since it was shown to the person, or if nothing was shown.

    A signature covers the state that was shown, so an old decision cannot be used again for another question.
    """
    view = command.signature.statement.shown if command.signature is not None else None
    if partnership.proposal is None:
        return
    if view is None:
        raise StaleDecision(f"the decision does not say what {command.actor} was shown of {partnership.partnership_id}")
    if view.version < partnership.opened or view.version > partnership.version:
        raise StaleDecision(
            f"{command.actor} was shown version {view.version} of {partnership.partnership_id}; "
            f"the question that is open now was opened at version {partnership.opened}; look again"
        )
    stands = partnership.terms
    if view.terms != stands:
        raise StaleDecision(
            f"what {command.actor} was shown of {partnership.partnership_id} differs in: "
            f"{differing(view.terms, stands)}; look again"
        )


def differing(terms: Terms, stands: Terms) -> str | None:
    """Return the names of the terms that changed since they were shown, separated by commas, or None."""
    names = (name for name in type(stands).model_fields if getattr(terms, name) != getattr(stands, name))
    return ", ".join(name.removesuffix("_sha256").replace("_", " ") for name in names) or None
