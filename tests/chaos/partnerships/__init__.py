"""The whole product: partnerships in flight, and restores. Nothing is lost, nothing is paid twice."""
