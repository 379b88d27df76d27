"""Where the person is: Ontario's places in any script, postal codes, and the world outside."""

from directory_client.places.gazetteer import Gazetteer
from directory_client.places.model import Mention, Place, distance_km

__all__ = ["Gazetteer", "Mention", "Place", "distance_km"]
