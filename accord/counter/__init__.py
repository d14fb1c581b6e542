"""The bank's counter: payment files, their hand-over, and what the bank says; in one transaction each."""
