"""Who texts, and what: made-up people in several languages, each with a conversation that goes on and on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

AREAS = ("226", "249", "289", "343", "365", "437", "519", "548", "613", "647", "705", "807", "905")
"""Of Ontario; without 416, where the fake carrier has its numbers that fail."""
MOST = 100 * len(AREAS)
IN_DANGER = 0.05
"""The share of people who are in danger."""
DANGER_EACH = 4
"""Every so many texts of somebody in danger say so."""

EPISODES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("hello", "I need a food bank in Ajax", "more please", "1", "thank you"),
        ("I need help to pay my hydro bill", "Oshawa", "is any of them open now", "2", "thanks"),
        ("I need a dentist in Hamilton", "2", "who can see this", "bye"),
        ("Oshawa", "where can I sleep tonight", "no sorry, I meant Whitby", "1"),
        ("asdf qwer zxcv", "1", "food bank in Ottawa", "3"),
    ),
    "fr": (
        ("bonjour", "je cherche une banque alimentaire à Ajax", "plus de choix svp", "1", "merci"),
        ("j'ai besoin d'aide pour payer ma facture d'hydro", "Oshawa", "2", "merci beaucoup"),
        ("je cherche un logement abordable à Ottawa", "c'est gratuit?", "1"),
    ),
    "es": (
        ("hola", "necesito un banco de alimentos en Ajax", "más opciones por favor", "1", "gracias"),
        ("necesito ayuda para pagar la cuenta de la luz", "Oshawa", "2"),
        ("necesito comida en Hamilton", "no perdón, quise decir Whitby", "1", "muchas gracias"),
    ),
    "pa": (
        ("ਮੈਨੂੰ Ajax ਵਿੱਚ ਫੂਡ ਬੈਂਕ ਚਾਹੀਦਾ ਹੈ", "ਹੋਰ ਦਿਖਾਓ", "1", "ਧੰਨਵਾਦ"),
        ("ਮੈਨੂੰ ਬਿਜਲੀ ਦਾ ਬਿੱਲ ਭਰਨ ਲਈ ਮਦਦ ਚਾਹੀਦੀ ਹੈ", "Oshawa", "2"),
    ),
    "zh": (
        ("我在 Ajax 需要食物银行", "还有别的吗", "1", "谢谢"),
        ("我付不起电费 需要帮助", "Oshawa", "2"),
        ("Ajax 附近有食物银行吗", "不对 我是说 Whitby", "1"),
    ),
    "so": (
        ("Waxaan u baahanahay bangiga cuntada Ajax", "1", "mahadsanid"),
        ("Kirada ma bixin karo, gurigana waa la iga saarayaa", "Oshawa", "2"),
    ),
}
"""Each text is short enough that no handset would cut it: a turn answers one text."""

DANGER: Mapping[str, tuple[str, ...]] = {
    "en": ("I want to kill myself", "I want to die"),
    "fr": ("je veux mourir",),
    "es": ("quiero matarme",),
    "pa": ("ਮੈਂ ਮਰਨਾ ਚਾਹੁੰਦਾ ਹਾਂ",),
    "zh": ("我想自杀",),
    "so": ("Waxaan rabaa inaan dhinto",),
}


@dataclass(slots=True)
class Resident:
    """Somebody who texts one of our numbers. `next()` is what they text next, and whether it is about danger."""

    number: str
    line: str
    language: str
    in_danger: bool
    chance: random.Random
    _rest: list[str] = field(default_factory=list)
    _said: int = 0

    def next(self) -> tuple[str, bool]:
        self._said += 1
        if self.in_danger and self._said % DANGER_EACH == 2:
            return self.chance.choice(DANGER[self.language]), True
        if not self._rest:
            # In another order each time, or it would be a loop, which is no longer answered.
            episodes = self.chance.sample(EPISODES[self.language], len(EPISODES[self.language]))
            self._rest = [text for episode in episodes for text in episode]
        return self._rest.pop(0), False


def residents(count: int, lines: tuple[str, ...], seed: int) -> list[Resident]:
    """So many people, the same for the same seed.

    Raises:
        ValueError: for more than there are fictional numbers.
    """
    if not 1 <= count <= MOST:
        raise ValueError(f"There are fictional numbers for 1 to {MOST} people, not for {count}.")
    chance = random.Random(seed)
    languages = list(EPISODES)
    return [
        Resident(
            number=f"+1{AREAS[place % len(AREAS)]}55501{place // len(AREAS):02d}",
            line=lines[place % len(lines)],
            language=languages[place % len(languages)],
            in_danger=chance.random() < IN_DANGER,
            chance=random.Random(f"{seed}:{place}"),
        )
        for place in range(count)
    ]


def turns(people: list[Resident], seed: int) -> Iterator[Resident]:
    """Whose text comes next: everybody about as often, in another order each round."""
    chance = random.Random(seed)
    while True:
        yield from chance.sample(people, len(people))
