"""The console starts with settings that fit together, or says which one does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accord.console.serving.settings import (
    CLIENT,
    CODEC_TOKEN,
    ISSUER,
    LISTEN,
    ORIGIN,
    PARTY,
    SECRET,
    SIGNING,
    TEMPORAL_UI,
    ConsoleSettings,
)
from deploy.logins import SecretUnusable
from deploy.variables import NotConfigured

GOOD = {
    ORIGIN: "https://accord.example.org/",
    SIGNING: "https://sign.example.org",
    ISSUER: "https://login.example.org",
}


def test_the_relying_party_is_the_host_that_signs_unless_said() -> None:
    made = ConsoleSettings.from_environment(GOOD)
    assert (made.origin, made.relying_party, made.client) == (
        "https://accord.example.org",
        "sign.example.org",
        "accord",
    )
    assert ConsoleSettings.from_environment({**GOOD, PARTY: "example.org"}).relying_party == "example.org"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({ORIGIN: ""}, f"set {ORIGIN}"),
        ({ISSUER: "", SIGNING: ""}, f"set {SIGNING}, {ISSUER}"),
        ({SIGNING: "https://accord.example.org"}, "must differ"),
        ({ORIGIN: "accord.example.org"}, "is no origin"),
        ({ORIGIN: "https://accord.example.org/console"}, "is no origin"),
        ({ORIGIN: "http://accord.example.org"}, f"{ORIGIN}: .* is no origin; write https://HOST"),
        ({ISSUER: "http://login.example.org"}, f"{ISSUER}: .* is no provider's address; write https://HOST"),
        ({CODEC_TOKEN: "said"}, f"{CODEC_TOKEN}: it is for a trial at http://localhost"),
        ({PARTY: "example.com"}, "neither sign.example.org nor a domain above it"),
        ({PARTY: "ign.example.org"}, "neither sign.example.org nor a domain above it"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_named(more: dict[str, str], reason: str) -> None:
    with pytest.raises(NotConfigured, match=reason):
        ConsoleSettings.from_environment({**GOOD, **more})


def test_pages_are_served_where_it_is_said_and_on_this_machine_alone_unless_it_is() -> None:
    assert ConsoleSettings.from_environment(GOOD).host == "127.0.0.1"
    assert ConsoleSettings.from_environment({**GOOD, LISTEN: "0.0.0.0"}).host == "0.0.0.0"  # noqa: S104 - as in a container
    with pytest.raises(NotConfigured, match=f"{LISTEN}: 'everywhere' is no address of a machine; write an IP address"):
        ConsoleSettings.from_environment({**GOOD, LISTEN: "everywhere"})


def test_links_to_the_temporal_ui_name_the_namespace() -> None:
    made = ConsoleSettings.from_environment({**GOOD, TEMPORAL_UI: "https://temporal.example.org/"})
    linked = replace(made, namespace="accord prod").workflow("partnership/P-2026-0001")
    assert linked == "https://temporal.example.org/namespaces/accord%20prod/workflows/partnership%2FP-2026-0001"


def test_a_secret_that_others_may_read_is_none(tmp_path: Any) -> None:
    file = tmp_path / "secret"
    file.write_text("abc\n")
    file.chmod(0o644)
    with pytest.raises(SecretUnusable, match="chmod 600"):
        ConsoleSettings.from_environment({**GOOD, SECRET: str(file), CLIENT: "console"})
    file.chmod(0o600)
    assert ConsoleSettings.from_environment({**GOOD, SECRET: str(file), CLIENT: "console"}).secret == "abc"
