"""The partnerships that the demo's organisation had before: a workbook of twelve, which two people sign."""

from __future__ import annotations

import tomllib
from typing import Final

from accord.client.desk import Desk
from accord.demo.sample import SAMPLE
from accord.organisation.imports.applying import apply_import
from accord.organisation.imports.checking import SourceFile
from accord.organisation.imports.orders import orders_of
from accord.organisation.imports.signing import confirm_import, sign_import
from domain.imported.mapping import ImportMapping
from domain.imported.totals import ControlTotals

SIGNER: Final = "femi.ade"
CONFIRMER: Final = "dora.kim"
FOLDER: Final = SAMPLE / "imports"


async def bring_in_before(desk: Desk) -> None:
    """Sign the sample's workbook as two people, and write its records. A run that was cut off goes on."""
    file = SourceFile("grants.xlsx", (FOLDER / "grants.xlsx").read_bytes())
    orders = await orders_of(desk, file)
    if not orders:
        mapping, totals = _content("mapping.toml"), _content("totals.toml")
        columns, typed = ImportMapping.model_validate(mapping), ControlTotals.model_validate(totals)
        await sign_import(desk, file, columns, typed, SIGNER, corrections=False)
    if not any(standing.confirmer for _, standing in orders):
        await confirm_import(desk, file, CONFIRMER)
    await apply_import(desk, file, lambda _written, _total: None)


def _content(name: str) -> dict[str, object]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))
