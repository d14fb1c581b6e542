"""The facts of the demo's charity that a publication asks for: its number, its year and its basis of accounting."""

from __future__ import annotations

from typing import Any, Final

from accord.client.desk import Desk
from accord.demo.steps import DIRECTOR
from accord.organisation.governance import change_directory, confirm_change
from domain.directory.people import FunderRegistered
from domain.parties import Funder

CHARITY: Final = "ISOC"
_AUDITOR: Final = "otto.audit"

FILING: Final[dict[str, Any]] = {"ein": "001000000", "year_ends": "12-31", "basis": "ACCRUAL"}
"""The number is invented, as the organisation is."""


async def say_how_it_files(desk: Desk) -> None:
    """Have a director ask for these facts, and an auditor confirm them, unless they stand."""
    funder = (await desk.directory()).funder(CHARITY)
    if funder is None or FILING.items() <= funder.model_dump(mode="json").items():
        return
    wanted = Funder.model_validate({**funder.model_dump(), **FILING})
    change = await change_directory(desk, (FunderRegistered(funder=wanted),), DIRECTOR)
    if change.change_id is not None:
        await confirm_change(desk, change.change_id, _AUDITOR)
