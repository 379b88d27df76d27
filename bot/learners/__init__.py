"""Forms of learners to the programs that they chose, what became of them, and what planners see of it."""
