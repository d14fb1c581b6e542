"""The funder's clock: of one case, and of all cases in a quarter, published with what it is verified by."""
