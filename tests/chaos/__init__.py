"""Kill the servers while partnerships are in flight, and check from outside: nothing lost, nothing paid twice."""
