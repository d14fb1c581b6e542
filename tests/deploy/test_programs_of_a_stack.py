"""A stack on one machine serves the API and sends to endpoints, with settings that both processes take."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.api.settings import ApiSettings
from accord.operations.webhooks.addresses import HOSTS_VARIABLE, own_hosts
from accord.web.serving import port_of
from deploy.embedded.ports import PAGE_PORTS
from deploy.embedded.stack import Stack


def test_the_api_has_an_address_of_its_own_and_the_checkpoints_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(tmp_path, console=True).programs
    settings = ApiSettings.from_environment(stack.of_the_api)
    assert settings.checkpoints == tmp_path / "checkpoints"
    assert settings.origin.startswith("http://localhost:")
    assert port_of(settings.origin) in PAGE_PORTS
    monkeypatch.setenv("ACCORD_CHECKPOINTS", "/srv/checkpoints")
    assert ApiSettings.from_environment(stack.of_the_api).checkpoints == Path("/srv/checkpoints")


def test_a_trial_sends_to_this_machine_unless_hosts_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack(tmp_path).programs
    monkeypatch.setenv(HOSTS_VARIABLE, stack.of_webhooks[HOSTS_VARIABLE])
    assert own_hosts() == {"127.0.0.1", "localhost"}
    monkeypatch.setenv(HOSTS_VARIABLE, "books.example.org")
    assert stack.of_webhooks == {HOSTS_VARIABLE: "books.example.org"}
