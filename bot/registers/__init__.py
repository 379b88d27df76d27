"""Registers of seasonal programs: a household stands once, and is promised nothing."""
