"""The sources of a payment: funds that keep and hold the money, and the gift that they are of."""
