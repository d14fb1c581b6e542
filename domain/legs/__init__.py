"""The legs of a proposal, each in one direction: money out, money in, and joint work without money."""
