"""Rasa's custom actions: thin, one a file. They read the tracker, call the packages, and never raise.

They send pieces (see `bot.answers`), never words.
"""
