"""What people are owed about their data: a copy of it, an end to it, and names that nobody can read for ever."""
