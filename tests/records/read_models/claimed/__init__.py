"""Lists of partnerships of before show what two people signed, and nothing else."""
