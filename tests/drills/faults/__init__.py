"""Drills of faults: keys lost, secrets changed, disks full, clocks that jump, each while partnerships are under way."""
