"""Shell commands on money: accounts, payment files, the bank's answers, funds, and what was paid."""
