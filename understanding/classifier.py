"""Rasa's intent classifier of this project: dialogue acts and needs in one model, several needs at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Text

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from understanding.deciding import NEED, decide
from understanding.model import Model
from understanding.text import PLACE, masked
from understanding.two_needs import two_needs


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Classifier(GraphComponent):
    """Names the intent of a message and the needs in it.

    The gateway has looked at the message before and says in its metadata what it knows:
    `places`, the spans of place names (masked here), `given`, what a numbered choice means
    (then nothing is guessed), and `english`, a machine's translation of a message in another language.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "c": 0.3,
            "pairs": 1.0,
            # A further need counts when its margin in the whole message, or in a part of it, is at least this.
            "further_in_whole": -0.45,
            "further_in_part": -0.5,
            # Two needs of which each is the plainest in its half of the message, the first one and the further one.
            "half_of_first": 0.3,
            "half_of_further": 0.4,
            # The need that the person names first is the main one, when it stands out in the beginning by more than
            # this share of the other's lead in the whole message.
            "beginning": 0.75,
            "most_needs": 3,
            # Below this confidence the next needs are offered under the results.
            "sure": 0.75,
        }

    def __init__(
        self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, model: Optional[Model]
    ) -> None:
        self.config = config
        self._storage = storage
        self._resource = resource
        self.model = model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Classifier":
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "Classifier":
        with model_storage.read_from(resource) as folder:
            # Mapped, not read: a message needs a few hundred of the weights' third of a million rows. What is mapped
            # stays readable when Rasa deletes the folder.
            return cls(config, model_storage, resource, joblib.load(Path(folder) / "model.joblib", mmap_mode="r"))

    def train(self, training_data: TrainingData) -> Resource:
        examples = []
        for example in training_data.intent_examples:
            text = example.get(TEXT)
            if not text:
                continue
            spans = [(e["start"], e["end"]) for e in example.get(ENTITIES, []) if e.get("entity") == "place"]
            label = example.get(INTENT_RESPONSE_KEY) or example.get(INTENT)
            examples.append((masked(text, spans), label, _script(text)))
        self.model = Model(c=self.config["c"], pairs=self.config["pairs"])
        self.model.train(examples, two_needs())
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self.model, Path(folder) / "model.joblib")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            self._understand(message)
        return messages

    def _understand(self, message: Message) -> None:
        metadata = message.get("metadata") or {}
        entities = list(message.get(ENTITIES, []))
        for name in ("place", "place_outside", "listing"):
            if metadata.get(name):
                entities.append(_entity(name, metadata[name]))
        given = metadata.get("given")
        if given:
            for name, value in (given.get("entities") or {}).items():
                entities.append(_entity(name, value))
            _set(message, given["intent"], 1.0, [], entities)
            return
        text = message.get(TEXT) or ""
        if self.model is None or not text.strip():
            _set(message, None, 0.0, [], entities)
            return
        spans = [(int(start), int(end)) for start, end in metadata.get("places") or []]
        text = masked(text, spans)
        found = decide(self.model, text, self.config)
        english = metadata.get("english")
        if english and found.confidence < self.config["sure"]:
            # A machine's translation is a second opinion: heard only when the original leaves doubt.
            second = decide(self.model, masked(english, []), self.config)
            found = max(found, second, key=lambda one: one.confidence)
        intent, sure, needs, alternatives, ranking = found
        # A message that is nothing but a place says where the person is, whatever else it looks like.
        if spans and not text.replace(PLACE, "").strip(" .,!?;:。，、؟-'\""):
            intent, sure, needs, alternatives = "give_place", 1.0, [], []
        if metadata.get("place_outside") and intent in (NEED, "give_place", "correct_place"):
            intent = "place_outside"
        if needs:
            entities.append(_entity(NEED, needs))
        if needs and alternatives:
            entities.append(_entity("alternatives", alternatives))
        _set(message, intent, sure, ranking[:10], entities)


def _entity(name: str, value: Any) -> Dict[Text, Any]:
    return {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "Classifier"}


def _set(message: Message, intent: Optional[str], confidence: float, ranking: List[Any], entities: List[Any]) -> None:
    message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
    message.set("intent_ranking", [{"name": n, "confidence": p} for n, p in ranking], add_to_output=True)
    message.set(ENTITIES, entities, add_to_output=True)


def _script(text: str) -> str:
    """A cheap group for pairing examples, so that one half is not Arabic and the other Chinese."""
    for character in text:
        if character.isalpha():
            return "latin" if character < "\u0250" else str(ord(character) >> 8)
    return "none"
