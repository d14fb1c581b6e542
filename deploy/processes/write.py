"""Write compose files, units and manifests from the table: `python -m deploy.processes.write`. A test compares them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.processes import compose, kustomize
from deploy.processes.places import COMPOSE, KUBERNETES, SYSTEMD, settings_file
from deploy.processes.units import shared_folders, units

FOLDER: Final = Path(__file__).parent.parent
MADE: Final = "# Made by `python -m deploy.processes.write` from deploy/processes/table.py.\n"


class _Whole(yaml.SafeDumper):
    """YAML in which nothing refers to something above: each part can be read, and changed, by itself."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def files() -> dict[Path, str]:
    """Return every file that is made from the table, by its path in the folder `deploy`."""
    return {
        **{Path("systemd") / name: MADE + text for name, text in units().items()},
        **{Path("systemd") / name: MADE + text for name, text in shared_folders().items()},
        Path("systemd/settings.env"): settings_file(SYSTEMD),
        Path("compose/compose.yaml"): _yaml([compose.compose()]),
        Path("compose/trial.yaml"): _yaml([compose.trial()]),
        Path("compose/settings.env"): settings_file(COMPOSE),
        **{Path("kustomize/base") / name: _yaml(manifests) for name, manifests in kustomize.base().items()},
        Path("kustomize/base/settings.env"): settings_file(KUBERNETES),
    }


def _yaml(documents: Iterable[dict[str, Any]]) -> str:
    return MADE + yaml.dump_all(documents, Dumper=_Whole, sort_keys=False, width=120)


def main() -> None:
    """Write every file."""
    for path, text in files().items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
