"""Sums and rates: signed amounts by currency, a day's reference rates, and the one rounding of what they make.

Nothing here is `Money`: a converted sum, or a negative one, never ends in an instruction to a bank.
"""
