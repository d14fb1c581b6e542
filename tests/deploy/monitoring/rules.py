"""The alerts as their file holds them."""

from __future__ import annotations

from typing import Any, Final

import yaml

from deploy.monitoring.files import ALERTS

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The library's own in C, where it was built: it takes a tenth of the time, and each process of a run collects this."""

GROUPS: Final = yaml.load(ALERTS.read_text("utf-8"), Loader=LOADER)["groups"]  # noqa: S506 - a safe one
RULES: Final[dict[str, dict[str, Any]]] = {rule["alert"]: rule for group in GROUPS for rule in group["rules"]}
OF_SPEED: Final = {rule["alert"] for group in GROUPS if group["name"] == "accord-objectives" for rule in group["rules"]}
"""Alerts that a slow machine brings about."""
FOUND_BY_PEOPLE: Final = {"after-a-restore", "clocks-apart", "payload-key-lost", "staff-key-lost"}
"""Runbooks that no alert leads to: what they are about is found by people, or by way of another runbook."""
