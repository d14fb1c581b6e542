"""Rubbish for every parser of bytes from outside: only its own refusal may come back, soon, and in little memory."""
