"""Handing a conversation to a person: who waits, who takes it, what happens when nobody does."""
