"""Deeds of an intruder, an accident or a careless bank between a release and the bank, by the bank's own book.

Each test is a story in the commands of the shell, plain SQL and a plain Temporal client. It asks the files that left
Accord, never a part of the program, so that the same test shows the harm wherever the harm is still done.
"""
