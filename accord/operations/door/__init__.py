"""The work behind the door: papers that came in are examined, and what its time is over is erased."""
