"""What the stand-in for the server says: one set of answers in each of three languages, from canned.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Answer = dict[str, Any]

TRIGGERS = {
    "listing": ("food bank", "banque alimentaire", "بنك طعام"),
    "crisis": ("want to die", "veux mourir", "أريد أن أموت"),
    "waiting": ("a person", "une personne", "شخص"),
    "switch": ("en français",),
}
SAID: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
ORIGINAL = "Hello, I am here now. Call 705-555-0101."


def known(language: str) -> str:
    """The language in which the stand-in answers."""
    return language if language in SAID else "en"


def message(text: str, language: str, *, kind: str = "text", author: str = "bot", **more: Any) -> Answer:
    """A message with every field of the interface."""
    plain = {"author": author, "language": language, "rtl": language == "ar", "kind": kind, "text": text}
    empty = {"choices": [], "cards": [], "actions": [], "machine_translated": False, "original": None}
    return plain | empty | more


def greeting(language: str) -> list[Answer]:
    said = SAID[language]
    choices = [{"number": number, "label": label} for number, label in enumerate(said["choices"], 1)]
    lines = [said["question"], *(f"{choice['number']}. {choice['label']}" for choice in choices)]
    return [
        message(said["greeting"], language),
        message("\n".join(lines), language, kind="menu", choices=choices),
    ]


def answers(kind: str, words: str, language: str) -> list[Answer]:
    """What is answered to `words`."""
    said = SAID[language]
    if kind == "listing":
        return [message(said["heading"], language), _listing(language), message(said["hint"], language)]
    if kind == "crisis":
        call, write = said["crisis_actions"]
        actions = [{"label": call, "href": "tel:988"}, {"label": write, "href": "sms:988"}]
        return [message(said["crisis"], language, kind="crisis", actions=actions)]
    if kind == "waiting":
        return [message(said["waiting"], language, kind="notice", author="system")]
    return [message(said["other"].format(said=words), language)]


def translated(language: str) -> Answer:
    """What a specialist wrote in English, translated by a machine."""
    by_machine = language != "en"
    return message(
        SAID[language]["specialist"],
        language,
        author="specialist",
        machine_translated=by_machine,
        original=ORIGINAL if by_machine else None,
    )


def _listing(language: str) -> Answer:
    words = SAID[language]["card"]
    distant = {
        "distance": None,
        "scope": words["scope"],
        "open": words["closed"],
        "open_state": "closed",
        "stale": True,
        "stale_note": words["stale"],
        "url": "https://example.org/pantry",
    }
    cards = [
        _card(1, "Sample Food Bank of Barrie", language),
        _card(2, "Sample Community Pantry with a Rather Long Name, Kempenfelt Bay", language) | distant,
    ]
    text = "\n\n".join(f"{card['number']}. {card['name']}\n{card['summary']}\n{card['open']}" for card in cards)
    choices = [{"number": card["number"], "label": card["name"]} for card in cards]
    return message(text, language, kind="listing", cards=cards, choices=choices)


def _card(number: int, name: str, language: str) -> Answer:
    words = SAID[language]["card"]
    display = "705-555-0101"
    line = words["phone"] + display
    call = {"display": display, "href": "tel:+17055550101", "label": words["call"], "line": line, "kind": "voice"}
    write = {"display": "686868", "href": "", "label": words["text"], "line": words["text"], "kind": "text"}
    return {
        "id": f"sample-{number}",
        "name": name,
        "summary": words["summary"],
        "summary_label": None,
        "distance": words["distance"],
        "open": words["open"],
        "open_state": "open",
        "phones": [call, write],
        "address": words["address"],
        "fee": words["fee"],
        "eligibility": None,
        "languages": words["languages"],
        "accessibility": None,
        "url": None,
        "verified": words["verified"],
        "stale": False,
        "stale_note": None,
        "sample": True,
        "sample_note": words["sample"],
        "scope": None,
        "language": language,
        "number": number,
    }
