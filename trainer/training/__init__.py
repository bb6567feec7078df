"""Training with LeRobot: parameters, checks, data, the run itself, and its judgement on held-out episodes."""
