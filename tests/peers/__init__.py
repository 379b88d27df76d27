"""The other side of our telephone numbers: a carrier, people who text and call, and the carrier's own contract."""
