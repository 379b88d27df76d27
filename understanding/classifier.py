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

from understanding.model import Model
from understanding.text import PLACE, masked

NEED = "need"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Classifier(GraphComponent):
    """Names the intent of a message and the needs in it.

    The gateway has looked at the message before and says in its metadata what it knows:
    `places`, the spans of place names (masked here), and `given`, what a numbered choice means
    (then nothing is guessed).
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "c": 20.0,
            "pairs": 0.25,
            # A second need is believed when its share among the needs is at least this.
            "second_need": 0.22,
            "most_needs": 3,
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
            return cls(config, model_storage, resource, joblib.load(Path(folder) / "model.joblib"))

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
        self.model.train(examples)
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
        probabilities = self.model.probabilities([text])[0]
        ranking = sorted(zip(self.model.labels, probabilities.tolist()), key=lambda pair: -pair[1])
        intent, confidence, needs = _decide(ranking, self.config["second_need"], self.config["most_needs"])
        # A message that is nothing but a place says where the person is, whatever else it looks like.
        if spans and not text.replace(PLACE, "").strip(" .,!?;:。，、؟-'\""):
            intent, confidence, needs = "give_place", 1.0, []
        if metadata.get("place_outside") and intent in (NEED, "give_place", "correct_place"):
            intent = "place_outside"
        if needs:
            entities.append(_entity(NEED, needs))
        _set(message, intent, confidence, ranking[:10], entities)


def _decide(ranking: List[Any], second: float, most: int) -> Any:
    """The intent, its confidence, and the needs, main one first.

    All needs count together against each dialogue act: "hello I need food" is a need.
    """
    needs = [(label[len(NEED) + 1 :], p) for label, p in ranking if label.startswith(NEED + "/")]
    acts = [(label, p) for label, p in ranking if not label.startswith(NEED + "/")]
    mass = sum(p for _, p in needs)
    if needs and (not acts or mass > acts[0][1]):
        chosen = [needs[0][0]]
        for code, p in needs[1:most]:
            if mass > 0 and p / mass >= second:
                chosen.append(code)
        return NEED, mass, chosen
    return acts[0][0], acts[0][1], []


def _entity(name: str, value: Any) -> Dict[Text, Any]:
    return {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "Classifier"}


def _set(
    message: Message, intent: Optional[str], confidence: float, ranking: List[Any], entities: List[Any]
) -> None:
    message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
    message.set("intent_ranking", [{"name": n, "confidence": p} for n, p in ranking], add_to_output=True)
    message.set(ENTITIES, entities, add_to_output=True)


def _script(text: str) -> str:
    """A cheap group for pairing examples, so that one half is not Arabic and the other Chinese."""
    for character in text:
        if character.isalpha():
            return "latin" if character < "\u0250" else str(ord(character) >> 8)
    return "none"
