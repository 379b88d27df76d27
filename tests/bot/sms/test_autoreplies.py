"""Automatic texts are known as a whole; what a person adds makes them a person's."""

from __future__ import annotations

import time

import pytest

from bot.sms.autoreplies import LIMIT, automatic


@pytest.mark.parametrize(
    "text",
    [
        "I'm driving.",
        "I’m driving with Focus turned on. I’ll see your message when I get where I’m going.",
        "(I’m not receiving notifications. If this is urgent, reply “urgent” to send a notification through with your "
        "original message.)",
        "I'm driving - Sent from My Car",
        "I'm driving - Sent from MY ALTIMA",
        "Je conduis.",
        "Je suis au volant, je vous rappelle plus tard.",
        "Estoy manejando",
        "我正在开车。",
        "Auto-Reply: I am away until Monday",
        "Réponse automatique : je suis en congé",
        "Free Msg: Unable to send message - Message Blocking is active.",
        "Thanks! Msg & data rates may apply. Reply STOP to opt out.",
        "Thank you for contacting Example Dental. We will get back to you.",
    ],
)
def test_texts_that_nobody_wrote_are_known(text: str) -> None:
    assert automatic(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "driving",
        "I'm driving and I need a shelter",
        "I'm driving. He is following me",
        "Je conduis mais j'ai besoin d'aide",
        "Sent from my iPhone",
        "I need food. Sent from my iPhone",
        "automatic door is broken at the shelter",
        "stop",
        # somebody who is not alone may answer with a quick reply
        "Sorry, I can't talk right now.",
        "Can't talk now.",
    ],
)
def test_what_a_person_may_have_written_is_not_taken_for_a_machine(text: str) -> None:
    assert not automatic(text)


@pytest.mark.parametrize("text", ["I'm driving " * 160, "im driving sent from my a a " * 70 + "x", "a" * LIMIT])
def test_a_hostile_text_is_read_in_bounded_time(text: str) -> None:
    begin = time.process_time()
    automatic(text)
    assert time.process_time() - begin < 1.0
