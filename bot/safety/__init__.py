"""Risk in a text and what is answered to it. Needs nothing but the text: no Rasa, no database, no network."""

from bot.safety.levels import Level, Risk
from bot.safety.screen import Screen, joined

__all__ = ["Level", "Risk", "Screen", "joined"]
