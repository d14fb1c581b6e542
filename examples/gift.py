"""Check a donor's page of Accord without its script: Python, `cryptography`, the ledger's public key and a checkpoint.

Shows what the page's own script shows, to whoever does not trust the hand that the page came from. Run it beside the
folder `examples`: `python -m examples.gift index.html ledger.key.pub 000000000000095.checkpoint`. Key and checkpoint
come from outside the page. Prints what is proved; or why nothing is, and ends with 1.
"""

import base64
import json
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature

from examples.receipt import bytes_of, is_under, leaf_of, verify_checkpoint
from examples.verify_signature import require

DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
NOTE = re.compile(r"((\S+)\n(\d+)\n(\S+)\n)\n((?:— \S+ \S+\n)+)", re.A)
KINDS = {
    "GiftFundOpened": "opened", "GiftReceived": "received", "GiftReversed": "returned", "FundsReserved": "reserved",
    "ReservationMoved": "lapse", "FundsCommitted": "committed", "FundsSpent": "spent", "PaymentCameBack": "came_back",
    "FundsFreed": "freed",
}  # fmt: skip
"""The events that a page may hold whole, each with what it does to the gift."""
MOVES = {
    "received": {"received": 1}, "added": {"added": 1}, "returned": {"returned": 1}, "moved": {"moved": 1},
    "reserved": {"reserved": 1}, "committed": {"reserved": -1, "committed": 1}, "spent": {"committed": -1, "spent": 1},
    "came_back": {"spent": -1, "committed": 1},
}  # fmt: skip
"""What each effect adds to which sums."""
Amounts = defaultdict[str, Decimal]


def effect_of(line: dict[str, Any], said: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Return what a line does to the gift: by its own event, whose leaf must be the line's, or by the signature."""
    if "says" in line:
        return dict(line["says"])
    place = line["position"]
    require(str(place) in whole, f"the event at {place} is missing")
    event = whole[str(place)]
    coded = {name: base64.b64encode(event[name].encode()).decode() for name in ("payload", "meta")}
    require(leaf_of(event | coded).hex() == line["leaf"], f"the event at {place} is not what the ledger holds")
    require(event["stream_id"] == f"fund/{said['fund']}", f"the event at {place} is of another fund: it is borrowed")
    own = (event["version"], event["position"]) == (line["version"], place)
    require(own and event["event_type"] in KINDS, f"the event at {place} is shown as another than it is")
    content = json.loads(event["payload"])
    kind = KINDS[event["event_type"]]
    of_gift = kind not in ("opened", "received", "returned") or said["gift"] in (
        content.get("gift"),
        content.get("partnership"),
    )
    require(of_gift, f"the event at {place} is of another gift")
    return {**content, "kind": kind, "use": content.get("partnership", "")}


def require_complete(said: dict[str, Any]) -> None:
    """Require that each version of the fund stands on the page once, in the ledger's order."""
    versions, places = ([line[name] for line in said["lines"]] for name in ("version", "position"))
    require(len({*versions}) == len(versions), "a line of the fund stands there twice: a use is doubled")
    require(places == sorted({*places}), "a line stands out of the ledger's order")
    if said["shared"] is True:
        return require(said["fund"] != f"FD-{said['gift']}", "the gift's own fund is called shared")
    require(type(said["versions"]) is int, "the number of the fund's lines is none: a use may be omitted")
    missing = {*range(1, said["versions"] + 1)} - {*versions}
    require(not missing, f"line {min(missing, default=0)} of the fund is missing: a use is omitted")
    return require(len(versions) == said["versions"], "the page shows more lines than were signed for")


def sums_of(effects: list[dict[str, Any]], as_of: datetime) -> defaultdict[str, Amounts]:
    """Return the sums of each use, and of the gift under the name of no use. What lapsed by a time is kept no more."""
    sums = defaultdict[str, Amounts](lambda: Amounts(Decimal))
    until = dict[str, str | None]()
    for effect in effects:
        use = effect.get("use", "") if effect["kind"] not in ("received", "returned") else ""
        for name, sign in MOVES.get(effect["kind"], {}).items():
            sums[use][name] += sign * Decimal(effect["amount"])
        if effect["kind"] == "freed":
            for name in ("reserved", "committed"):
                sums[use][name] -= Decimal(effect.get(name, 0))
        if effect["kind"] in ("reserved", "lapse"):
            until[use] = effect.get("until")
        if not sums[use]["reserved"]:
            until[use] = None
    for use, end in until.items():
        if end is not None and datetime.fromisoformat(end) <= as_of:
            sums[use]["reserved"] = Decimal(0)
    return sums


def require_sums(said: dict[str, Any], sums: dict[str, Amounts]) -> None:
    """Require that the lines come to the sums of the page, and that the bank's bookings come to what was paid."""
    total = Amounts(Decimal)
    for name, amount in (pair for amounts in sums.values() for pair in amounts.items()):
        total[name] += amount
    came, went = total["received"] + total["added"], total["returned"] + total["moved"]
    kept = total["spent"] + total["committed"] + total["reserved"]
    total["together" if said["shared"] else "available"] = came - went - kept
    for name in total.keys() | said["sums"].keys():
        amount = said["sums"].get(name, "0")
        require(Decimal(amount) == total[name], f"the lines come to {total[name]} {name}, and the page says {amount}")
    paid = {use: amounts["spent"] for use, amounts in sums.items()} | {"": total["received"] - total["returned"]}
    seen = Counter((booking["use"], booking["position"]) for booking in said["bookings"])
    require(max(seen.values(), default=1) == 1, "a booking is counted twice")
    for booking in said["bookings"]:
        require(booking["use"] in paid, "a booking is of a grant that the gift did not pay")
        paid[booking["use"]] -= Decimal(booking["amount"])
    for use, rest in paid.items():
        require(
            rest == Decimal(said["awaited"].get(use, "0")), f"bookings and payments differ by {rest}: {use or 'gift'}"
        )


def proved_by(page: str, key: str, checkpoint: str) -> str:
    """Return what a page proves to whoever trusts key and checkpoint. Ends with 1 if it proves nothing."""
    data = json.loads((DATA.search(page) or sys.exit("not proved: it has not the form of a donor's page"))[1])
    text, origin, size, root, signatures = (
        NOTE.fullmatch(checkpoint) or sys.exit("not proved: no checkpoint")
    ).groups()
    verify_checkpoint(key, text, signatures)
    verify_checkpoint(key, f"accord.gift/1\n{data['statement']}\n", f"{data['signature']}\n")
    said = json.loads(data["statement"])
    require(said["ledger"] == origin, f"the checkpoint is of {origin}, and the page of {said['ledger']}")
    require(said["size"] == int(size), f"the checkpoint holds {size} events, and the page speaks of {said['size']}")
    for place in (*said["lines"], *said["bookings"], *said["reports"]):
        beside = [bytes_of(step) for step in data["proofs"][str(place["position"])]]
        included = 0 < place["position"] <= int(size) and is_under(
            bytes.fromhex(place["leaf"]), place["position"] - 1, int(size), beside, bytes_of(root)
        )
        require(included, f"what is said to stand at {place['position']} does not stand in the ledger")
    effects = [effect_of(line, said, data["whole"]) for line in said["lines"]]
    require_complete(said)
    require_sums(said, sums_of(effects, datetime.fromisoformat(said["as_of"])))
    sums = ", ".join(f"{name} {amount}" for name, amount in said["sums"].items() if Decimal(amount))
    return f"{said['gift']}, in {said['currency']}: {sums}. {len(data['whole'])} of {len(effects)} lines are whole.\n"


def main(page: Path, key: Path, checkpoint: Path) -> None:
    """Print what files prove."""
    try:
        sys.stdout.write(proved_by(*(path.read_text("utf-8") for path in (page, key, checkpoint))))
    except InvalidSignature:
        sys.exit("not proved: a signature does not hold")
    except (ValueError, KeyError, TypeError, AttributeError, OSError, ArithmeticError) as fault:
        sys.exit(f"not proved: it cannot be read ({fault})")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4])) if len(sys.argv) > 3 else sys.exit(__doc__)
