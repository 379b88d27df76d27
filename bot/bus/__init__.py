"""News between those who change something and those who show it: within a process, or between several gateways.

News say that something has changed, never what was said: whoever hears them looks into the database. So news may be
heard twice, and when some were lost everybody is told to look again.
"""

from bot.bus.bell import Bell
from bot.bus.local import Bus, Listening
from bot.bus.news import ALARM, DESK, LOOK, WORK, News
from bot.bus.opening import BusNotPossible, bus_for

__all__ = ["ALARM", "DESK", "LOOK", "WORK", "Bell", "Bus", "BusNotPossible", "Listening", "News", "bus_for"]
