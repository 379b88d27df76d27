"""What the code of a slip is made of."""

from __future__ import annotations

SIGNS = "BCDFGHJKMNPQRTVWXYZ2346789"
"""Without vowels, so that no word comes of it, and without what looks like another sign on paper (0 O, 1 I L, 5 S)."""
LENGTH = 4
