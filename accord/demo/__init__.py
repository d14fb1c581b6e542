"""The demo: invented partnerships of every kind on real servers."""
