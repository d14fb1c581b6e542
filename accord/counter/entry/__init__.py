"""One entry of a bank's file: taken once, settled on its payment, counted as a gift, or brought before a person."""
