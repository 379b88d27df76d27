"""Referral slips: a code that says which help may be useful, and nothing of whom it is for."""
