"""What a text says, from the margins of its labels: the intent, the needs, and which of them is the main one."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Protocol, Sequence, Tuple

import numpy as np

from understanding.clauses import clauses, halves

NEED = "need"
PREFIX = NEED + "/"


class Margins(Protocol):
    """A model: labels, and distances from their planes, shape (texts, labels)."""

    labels: List[str]

    def margins(self, texts: Sequence[str]) -> np.ndarray: ...


class Decided(NamedTuple):
    """What a text says. `alternatives` are the next needs when the first one is not sure."""

    intent: str
    confidence: float
    needs: List[str]
    alternatives: List[str]
    ranking: List[Tuple[str, float]]


def decide(model: Margins, text: str, config: Mapping[str, Any]) -> Decided:
    """The intent of a masked text, the needs in it (main one first), and all labels ranked by confidence.

    A further need is one that stands out in the whole message, in one of its clauses, or in a half of it, the plainest
    first. The main one is the one that the person names first.
    """
    parts, cuts = clauses(text), halves(text)
    parts = parts if len(parts) > 1 else []
    everything = model.margins([text, *parts, *(half for cut in cuts for half in cut)])
    margins, half_margins = everything[: 1 + len(parts)], everything[1 + len(parts) :]
    order = np.argsort(-margins[0])
    ranking = [(model.labels[number], confidence(float(margins[0][number]))) for number in order]
    label, sure = ranking[0]
    if not label.startswith(PREFIX):
        return Decided(label, sure, [], [], ranking)
    further: Dict[str, float] = {}
    for row, margin in enumerate(margins):
        least = config["further_in_whole"] if row == 0 else config["further_in_part"]
        best = int(np.argmax(margin))
        for number, other in enumerate(model.labels):
            stands_out = margin[number] >= least and (row == 0 or number == best)
            if stands_out and other != label and other.startswith(PREFIX):
                further[other] = max(float(margin[number]), further.get(other, float("-inf")))
    chosen = [label, *sorted(further, key=lambda one: -further[one])]
    for other in _in_halves(model, half_margins, label, config):
        if other not in chosen:
            chosen.append(other)
    chosen = chosen[: config["most_needs"]]
    if len(chosen) > 1 and _named_first(model, margins[0], half_margins, chosen, config["beginning"]):
        chosen[:2] = chosen[1::-1]
    needs = [one[len(PREFIX) :] for one in chosen]
    alternatives: List[str] = []
    if sure < config["sure"]:
        others = [one[len(PREFIX) :] for one, _ in ranking[1:] if one.startswith(PREFIX)]
        alternatives = [code for code in others if code not in needs][:2]
    return Decided(NEED, sure, needs, alternatives, ranking)


def _in_halves(model: Margins, margins: np.ndarray, label: str, config: Mapping[str, Any]) -> List[str]:
    """Needs that are the plainest of one half of the message while `label` is the plainest of the other."""
    first, found = model.labels.index(label), []
    for one, other in zip(margins[0::2], margins[1::2], strict=True):
        for here, there in ((one, other), (other, one)):
            best = int(np.argmax(there))
            plain = here[first] >= config["half_of_first"] and there[best] >= config["half_of_further"]
            if plain and best != first and int(np.argmax(here)) == first and model.labels[best].startswith(PREFIX):
                found.append(model.labels[best])
    return found


def _named_first(model: Margins, whole: np.ndarray, margins: np.ndarray, chosen: List[str], share: float) -> bool:
    """Whether the second of the chosen needs is named before the first.

    The two are put into the halves either way: what fits better tells the order. A need that is only suspected must not
    come first: it has to stand out in a beginning of the message.
    """
    first, second = (model.labels.index(one) for one in chosen[:2])
    if not len(margins):
        return False
    beginnings, endings = margins[0::2], margins[1::2]
    as_chosen = float(np.max(beginnings[:, first] + endings[:, second]))
    reversed_ = float(np.max(beginnings[:, second] + endings[:, first]))
    lead = float(whole[first] - whole[second])
    return reversed_ > as_chosen and float(np.max(beginnings[:, second])) > share * lead


def confidence(margin: float) -> float:
    """A margin as a number from 0 to 1; at a margin of -0.5, which held-out examples cross evenly, one half."""
    return float(1.0 / (1.0 + np.exp(-5.0 * (margin + 0.5))))
