"""Sums and rates: signed amounts by currency, a day's reference rates, and the one rounding of what they make.

Beside them the organisation's rules on sums: what a booking may differ by, and the rail on which a sum leaves.

Nothing here is `Money`: a converted sum, or a negative one, never ends in an instruction to a bank.
"""
