"""A soak: many people text for a while, webhooks and the carrier misbehave, processes are killed; then all is counted.

    python -m tests.soak --minutes 20 --rate 20

Not a test of pytest (it takes minutes and both cores); what judges it, `checking`, has tests.
"""
