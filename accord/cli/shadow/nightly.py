"""`accord shadow nightly`: judge the newest export of another system once it is there, and keep the report."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import typer

from accord.operations.kept.own_key import own_key
from accord.operations.processes.standing import StandingProcess, stand
from accord.operations.shadow.nightly import NightlyShadow, ShadowFolders
from accord.presentation.faults import BadInput
from deploy.logins import Login
from deploy.settings import EXPORTS_VARIABLE, SHADOW_VARIABLE, database_url
from deploy.variables import configured

MAPPING: Final = "mapping.toml"
KEY: Final = "shadow.key"
KEY_NAME: Final = "accord-shadow"


def nightly_shadow() -> None:
    """Go on: judge each new export of another system, keep its report under a signed line, and tell how old it is.

    An export is a folder named by its day (2026-11-30) in ACCORD_SHADOW_EXPORTS, beside `mapping.toml`; without that
    file nothing is done. Reports are kept in ACCORD_SHADOW, signed by a key that is made there at the first start.
    Example: ACCORD_SHADOW_EXPORTS=exports ACCORD_SHADOW=kept accord shadow nightly
    """
    exports, kept = configured(EXPORTS_VARIABLE), configured(SHADOW_VARIABLE)
    if not exports or not kept:
        missing = EXPORTS_VARIABLE if not exports else SHADOW_VARIABLE
        raise BadInput(f"{missing} is not set; name the folder of the exports, and that of the kept reports")
    folders = ShadowFolders(Path(exports), Path(exports) / MAPPING, Path(kept))
    raise typer.Exit(stand("shadow", lambda process: _stand(process, folders)))


async def _stand(process: StandingProcess, folders: ShadowFolders) -> None:
    key = own_key(folders.kept / KEY, KEY_NAME)
    pool = await process.database(database_url(Login.READER), 2)
    shadow = NightlyShadow(pool, folders, key, process.meter)
    process.beside(shadow.forever())
    process.works("judging")
    await process.until_stopped()


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command("nightly")(nightly_shadow)
