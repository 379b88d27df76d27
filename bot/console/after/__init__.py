"""Pages of what comes after: follow-ups to make, evaluations in sums, what is unmet where."""
