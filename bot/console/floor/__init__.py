"""What supervisors use: the live floor, figures, canned replies, door settings with history, quality samples."""
