"""The whole product: partnerships in flight, and restores; nothing is lost, nothing is paid twice."""
