"""The bank's side, from evidence alone: files, attempts, answers, refunds, and what was reopened."""
