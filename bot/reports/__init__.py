"""Reports: what was counted at the doors, by time, place, door, language and channel. Counts, never words."""
