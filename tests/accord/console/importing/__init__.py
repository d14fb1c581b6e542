"""Pages on partnerships of before."""
