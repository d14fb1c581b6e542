"""A bank in one process for the demo, tests and the simulation: it is told what happens, and writes what banks write.

It has what PyPI `mock-bank` has not: exchanges with their rate, charges with who bears them, payments booked in part,
returns less a fee, gifts that are taken back, and a statement of each day (camt.053, or BAI2), which may be left out.

    ours, by_ach = "NL91MOCK0000000001", "00123456"
    bank = TrialBank(date(2026, 12, 1))
    bank.open(TrialAccount(ours, "USD", Decimal("1000000.00")))
    bank.open(TrialAccount(by_ach, "USD", Decimal("500.00"), StatementForm.BAI2, originator="1541650477"))
    bank.rates["USD", "EUR"] = Decimal("1.08")      # of orders that are booked without other terms

    first, second = bank.take(content)              # a file as it was handed over: pain.001, or NACHA
    bank.book(first.end_to_end_id)                  # as it was instructed, and a notification (camt.054) tells of it
    bank.book(second.end_to_end_id, BankTerms(rate=Decimal("1.09"), charges=(BankCharge(Decimal("12.50")),)))
    bank.give_back(first.end_to_end_id, fee=Decimal("15.00"))
    gift = bank.receive(ours, Decimal("25000.00"), "gift P-2026-0042", ("A Donor", "NL14MOCK0000000002"))
    bank.take_back(gift)

    bank.pass_day()                                 # books what is due and not decided, and closes the day
    bank.pass_day(left_out=(ours,))                 # its statement is made, and not sent
    bank.state_again(ours, bank.yesterday)          # sends it late, or once more
    for message in bank.collect():                  # what was written since the last time, in order
        (folder / message.name).write_bytes(message.content)

`bank` says what it does with orders, `account_book` keeps an account, `orders` reads payment files, `writing` writes
messages. None of it shares code with the readers in `payments.answers` or the writers in `payments.out`: it is another
reading of the same formats. It knows no clock, no network and no database. Sums are decimals in their currency.
"""
