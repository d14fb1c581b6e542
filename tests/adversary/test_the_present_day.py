"""Between a release and the bank the world changes: what may not be paid today is not paid today.

Nobody here is malicious. A person, a register or a colleague says something after the release, and says it in time.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.adversary.people.office import SAMPLE, Office, until
from tests.adversary.people.papers import CAPITOL, LAKESIDE


async def load_with(office: Office, register: str, line: str, before: str, *names: str) -> None:
    """Load a sample register anew, with one more line in its first file, before the one that begins so."""
    folder = office.folder / register
    folder.mkdir()
    files = [folder / name for name in names]
    for file in files:
        file.write_bytes((SAMPLE / "registers" / file.name).read_bytes())
    content = files[0].read_bytes()
    end = b"\r\n" if b"\r\n" in content else b"\n"
    files[0].write_bytes(content.replace(before.encode(), line.encode() + end + before.encode(), 1))
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    await office.done("registers", "load", register, *files, "--as-of", day, "--minimum-rows", 1)


async def test_a_hold_after_the_release_keeps_the_payment_from_the_bank(office: Office) -> None:
    reference, another = await office.released("30000.00"), await office.released("20000.00")
    reason = "the payee is said to be on a list; do not pay"
    await office.done("hold", reference, "--as", "vera.lind", "--reason", reason)
    await office.pay()
    assert len(office.bank.told(another)) == 1, "what nothing speaks against is paid"
    assert office.bank.told(reference) == [], f"the bank was told to pay {reference}, which stands on hold"


@pytest.mark.slow
async def test_a_payee_that_the_sanctions_list_names_after_the_release_is_not_paid(office: Office) -> None:
    reference = await office.released("30000.00", payee=CAPITOL)
    listed = '9099,"CAPITOL DIGITAL ARCHIVE",-0- ,"SAMPLE",' + "-0- ," * 7 + "-0- "
    await load_with(office, "ofac-sdn", listed, "9001,", "sdn.csv", "alt.csv", "add.csv")
    await until(lambda: office.holds(reference, "HoldPlaced"))
    await office.pay()
    assert office.bank.told(reference) == [], (
        f"the bank was told to pay {CAPITOL.name}, which the list in force names, and {reference} holds itself for it"
    )


@pytest.mark.slow
async def test_a_payee_whose_exemption_is_revoked_after_the_release_is_not_paid(office: Office) -> None:
    reference = await office.released("30000.00", payee=LAKESIDE)
    revoked = "001000002|LAKESIDE SCHOOL OF NETWORKING||1 MAIN ST|LAKESIDE|VT|00000-0000|US|03|15-MAY-2026|11-SEP-2026|"
    await load_with(office, "irs-revocation", revoked, "001000009|", "revocation.txt")
    await office.pay()
    assert office.bank.told(reference) == [], (
        f"the bank was told to pay {LAKESIDE.name} ({reference}), whose exemption is revoked by the register in force"
    )


@pytest.mark.slow
async def test_a_diversion_that_is_reported_after_the_release_keeps_the_payment_from_the_bank(office: Office) -> None:
    reference = await office.released("30000.00", "20000.00")
    await office.done("report-diversion", reference, "--what", "a car was bought", "--as", "vera.lind")
    await office.pay()
    assert office.bank.told(reference) == [], f"the bank was told to pay {reference}, whose money is being diverted"
    receipt = office.file({"booked": "100.00"}, "receipt.json")
    back = ("--diverted", "100.00", "--restored", "100.00", "--bank-reference", "NTRF-CAR", "--document", receipt)
    # Until then it stops others too.
    await office.done("assure", reference, "--what", "the car was sold", *back, "--as", "femi.ade")


@pytest.mark.slow
async def test_an_interest_that_an_approver_declares_after_the_release_takes_the_payment_back(office: Office) -> None:
    reference = await office.released("30000.00")
    interest = "my spouse joined the payee's board last spring"
    await office.done("declare-interest", reference, "--what", interest, "--as", "ana.silva")
    await office.pay()
    assert office.bank.told(reference) == [], (
        f"the bank was told to pay {reference}, on the approval of somebody with an interest in it"
    )


@pytest.mark.slow
async def test_a_release_that_was_a_mistake_is_taken_back_before_it_reaches_the_bank(office: Office) -> None:
    reference = await office.released("30000.00")
    reason = ("--reason", "released by mistake")
    if await office.by_hand_over():
        await office.done("payments", "cancel", reference, "--tranche", 1, "--as", "paul.nkosi", *reason)
    else:
        await office.accord("terminate", reference, "--as", "dora.kim", *reason)
    await office.pay()
    assert office.bank.told(reference) == [], f"the bank was told to pay {reference}, and nothing could take it back"
