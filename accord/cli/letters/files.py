"""Shell commands on templates and on the house's key: try one on invented facts, list facts, make a key, seal."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.letters.issuing import LanguageOption, PdfOption
from accord.cli.options import JsonOption, run
from accord.cli.printing.new_files import OWN, write_new
from accord.cli.printing.output import err, out, print_json
from accord.letters.codes import new_code
from accord.letters.house_keys import new_house_key
from accord.letters.invented import invented_facts
from accord.letters.making import house_settings
from accord.letters.merging import Marking, merged
from accord.letters.rendering import render
from accord.letters.sealer import serve
from accord.letters.sealing import SealRefused, read_house_key
from accord.presentation.editions.reading import read_edition
from accord.presentation.faults import BadInput
from deploy.settings import PASSPHRASE_VARIABLE
from deploy.variables import configured
from domain.editions.letters import LetterTemplate
from domain.partnership.letter.facts import FACTS
from domain.partnership.letter.kinds import LetterKind
from ledger import clock

KeyFileOption = Annotated[Path, typer.Option("--key", metavar="FILE", help="The house's key, a PKCS #12 file.")]


def attempt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A letter's edition: TOML or JSON.")],
    out_file: PdfOption,
    language: LanguageOption = "",
) -> None:
    """Set a letter's template on invented facts, before anybody asks for it as an edition.

    Example: accord letters try award.toml --language es --out award.pdf
    """
    content = read_edition(file).content
    if not isinstance(content, LetterTemplate):
        raise BadInput(f"{file} is of the kind {content.kind}; give the edition of a letter")
    facts, house = invented_facts(content.letter), house_settings()
    marking = Marking(new_code(facts.reference), house.page)
    letter = merged(content, facts, language or content.languages[0], marking)
    write_new(out_file, run(render(content.template, letter, facts.on, house.fonts)))
    out.print(f"Wrote {out_file}: {content.name} {content.edition} on invented facts.", markup=False)


def facts(
    letter: Annotated[LetterKind, typer.Argument(metavar="KIND", help="Such as AWARD.", case_sensitive=False)],
    as_json: JsonOption = False,
) -> None:
    """List the facts that the fields of a letter's template may point to.

    Example: accord letters facts GIFT_ACKNOWLEDGEMENT
    """
    schema = FACTS[letter].model_json_schema()
    if as_json:
        return print_json(schema)
    for line in sorted(_pointers(schema, schema)):
        out.print(line, markup=False)
    return None


def _pointers(place: dict[str, Any], root: dict[str, Any], path: str = "") -> list[str]:
    """Return the pointers to the facts in a schema. Of several, each is `/0`."""
    if "$ref" in place:
        return _pointers(root["$defs"][place["$ref"].rpartition("/")[2]], root, path)
    if alternatives := [alternative for alternative in place.get("anyOf", ()) if alternative.get("type") != "null"]:
        return _pointers(alternatives[0], root, path)
    if "properties" in place:
        return [line for name, part in place["properties"].items() for line in _pointers(part, root, f"{path}/{name}")]
    if place.get("type") == "array" and isinstance(place.get("items"), dict):
        return [path, *_pointers(place["items"], root, f"{path}/0")]
    return [path]


def key(
    name: Annotated[
        str, typer.Option("--name", help="The organisation's legal name, as it stands in the certificate.")
    ],
    out_file: Annotated[Path, typer.Option("--out", metavar="FILE", help="The PKCS #12 file to write.")],
) -> None:
    """Make a key of the house with a certificate of its own, under $ACCORD_KEY_PASSPHRASE.

    Whoever checks a seal is given the certificate, which is printed. A certificate of an authority does the same:
    put it with its key into a PKCS #12 file.

    Example: accord letters key --name 'Orchard Foundation' --out house.p12
    """
    made = new_house_key(name, _passphrase())
    write_new(out_file, made.file, mode=OWN)
    err.print(f"Wrote {out_file}. Give nobody this file; the certificate below is for everybody.", markup=False)
    out.print(made.certificate, markup=False, soft_wrap=True)


def _passphrase() -> bytes:
    if not (passphrase := configured(PASSPHRASE_VARIABLE)):
        raise BadInput(f"set ${PASSPHRASE_VARIABLE} to the passphrase of the house's key")
    return passphrase.encode()


def sealer(
    key_file: KeyFileOption,
    socket: Annotated[Path, typer.Option("--socket", metavar="PATH", help="The socket on which it answers.")],
    authority: Annotated[str, typer.Option("--tsa", metavar="URL", help="A time-stamp authority, for PAdES B-T.")] = "",
) -> None:
    """Seal letters by the house's key: the one process that reads it. It has no database, and decides nothing.

    Its passphrase is $ACCORD_KEY_PASSPHRASE. Who issues letters sets $ACCORD_SEALER to the socket.

    Example: accord letters sealer --key house.p12 --socket /run/accord/seal.sock
    """
    try:
        house = read_house_key(key_file, _passphrase())
    except SealRefused as fault:
        raise BadInput(str(fault)) from fault
    if ended := house.fault(clock.now()):
        raise BadInput(ended)

    async def work() -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        async with await serve(socket, house, authority):
            err.print(f"Seals as {house.name} until {house.until:%Y-%m-%d}, on {socket}.", markup=False)
            await stopped.wait()

    run(work())


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord letters`."""
    app.command("try")(attempt)
    app.command()(facts)
    app.command()(key)
    app.command()(sealer)
