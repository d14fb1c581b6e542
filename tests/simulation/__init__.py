"""A simulation that hunts: the whole product in one process, on one clock, led by a seed, judged by the bank's book."""
