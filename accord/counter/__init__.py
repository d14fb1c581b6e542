"""The bank's counter: payment files, their hand-over, and the bank's words, in one transaction each."""
