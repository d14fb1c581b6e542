"""The place of a number that was called, as a shell or a page names it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of
from domain.payment.called_numbers import NumberFrom


def place_from(fields: Mapping[str, str | None]) -> NumberFrom | None:
    """Return the place of the number that was called, or None where nothing is said of it. Raises BadInput."""
    texts = {field: value.strip() for field, value in fields.items() if value and value.strip()}
    try:
        return NumberFrom.model_validate(texts) if texts else None
    except ValidationError as fault:
        raise BadInput(f"where the number stood has {faults_of(fault)}") from None
