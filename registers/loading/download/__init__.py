"""The parts of a download: its request, what is refused of its answer, the file as it comes, faults of the network."""
