"""Conversations: what was said, who may speak, what was found out, and what is still to be sent."""
