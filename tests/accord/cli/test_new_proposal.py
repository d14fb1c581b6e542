"""`accord new` asks for what a proposal needs, and writes a file that the rules can be asked about."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

import accord.cli.main
from domain.proposal import Proposal
from tests.accord.shell import BAD_INPUT

ANSWERS = {
    "reference": "P-2026-0042",
    "title": "Digital skills for river libraries",
    "partner.name": "Riverbend Library Network",
    "partner.kind": "NONPROFIT",
    "partner.country": "US",
    "partner.principals: Say it now?": "y",
    "partner.principals.0.name": "Ines Marek",
    "partner.principals.0.role": "SIGNATORY",
    "partner.principals: another one?": "n",
    "partner.nobody_owns: Say it now?": "y",
    "partner.nobody_owns": "y",
    "public_interest.mission_objective": "Bring people online",
    "public_interest.community_served": "Readers of eleven libraries",
    "public_interest.statement": "Open courses for everybody",
    "Does money go out?": "y",
    "funds_out.funder": "ISOC",
    "funds_out.payee: is it the partner?": "y",
    "funds_out.tranches.0.money.amount": "5000.00",
    "funds_out.tranches.0.money.currency": "USD",
    "another one?": "n",
    "funds_out.purpose": "Training",
    "Does money come in?": "n",
    "Is there work without money?": "n",
}
"""In the order in which they are asked."""


def test_what_was_answered_is_a_proposal(tmp_path: Path) -> None:
    path = tmp_path / "proposal.json"
    answers = "\n".join(ANSWERS.values()) + "\n"
    told = CliRunner().invoke(accord.cli.main.app, ["new", str(path)], input=answers)
    assert told.exit_code == 0, told.output
    made = Proposal.model_validate_json(path.read_text())
    assert (made.reference, str(made.money), made.funds_out and made.funds_out.payee) == (
        "P-2026-0042", "USD 5,000.00", made.partner,
    )  # fmt: skip
    assert [one.role.value for one in made.partner.principals] == ["SIGNATORY"]
    assert made.partner.nobody_owns
    assert "accord propose" in told.output


def test_what_is_still_wrong_is_said_and_the_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "proposal.json"
    answers = "\n".join({**ANSWERS, "partner.country": "Atlantis"}.values()) + "\n"
    told = CliRunner().invoke(accord.cli.main.app, ["new", str(path)], input=answers)
    assert told.exit_code == 0, told.output
    assert "country" in told.output.partition("it has still")[2]
    assert json.loads(path.read_text())["partner"]["country"] == "Atlantis"


def test_no_file_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "proposal.json"
    path.write_text("mine")
    told = CliRunner().invoke(accord.cli.main.app, ["new", str(path)])
    assert told.exception is not None
    assert getattr(told.exception, "exit_code", None) == BAD_INPUT
    assert path.read_text() == "mine"
