"""What Temporal keeps of us: payloads, encrypted under keys that Temporal's server never sees."""
