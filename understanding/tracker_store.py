"""Dialogue state in memory, bounded. The words of people are stored once, by the gateway, and not here."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Iterable, Optional, Text

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig


class BoundedMemory(TrackerStore):
    """The most recently used trackers, whole objects, no copies.

    The gateway keeps what must survive (needs, place, what was shown) and hands it over again when a
    tracker is gone, so losing one costs nothing. The turn lock of the gateway makes sure that one
    conversation is never handled twice at once.
    """

    def __init__(
        self,
        domain: Optional[Domain],
        host: Optional[EndpointConfig] = None,
        event_broker: Optional[EventBroker] = None,
        most: int = 2_000,
        history: int = 60,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self.most = most
        self.history = history
        self.trackers: "OrderedDict[Text, DialogueStateTracker]" = OrderedDict()

    def init_tracker(self, sender_id: Text) -> DialogueStateTracker:
        return DialogueStateTracker(sender_id, self.domain.slots, max_event_history=self.history)

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.trackers[tracker.sender_id] = tracker
        self.trackers.move_to_end(tracker.sender_id)
        while len(self.trackers) > self.most:
            self.trackers.popitem(last=False)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        return self.trackers.get(sender_id)

    async def delete(self, sender_id: Text) -> None:
        self.trackers.pop(sender_id, None)

    async def keys(self) -> Iterable[Text]:
        return list(self.trackers)
