"""An import that is killed at random goes on, and each partnership of before stands once."""
