"""The words of a proposal's form: its questions, what to write in a field, and what is seldom true."""
