"""Make data/learned.tsv: words of the training examples that belong to one language.

A maintainer's tool: `python -m bot.language.learn` after the examples under data/ have changed. English loans in
Punjabi or Arabic examples ("food bank di list") stay English; romanised lines give the romanised languages their
words, which no library has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bot.language.lexicon import read
from bot.language.scripts import counted
from bot.language.training import examples
from directory_client.places import Gazetteer
from directory_client.places.text import tokens

TARGET = Path(__file__).parent / "data" / "learned.tsv"
_NATIVE_LETTERS = {"pa": "gurmukhi", "ar": "arabic"}
_OFTEN_ENOUGH = {"en": 1, "fr": 1, "es": 1, "pa-r": 1, "ar-r": 1, "ar": 2}


def learned(lines: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The words that the examples give each language; romanised languages end in "-r"."""
    counts: dict[str, Counter[str]] = {language: Counter() for language in _OFTEN_ENOUGH}
    gazetteer, lexicon = Gazetteer.load(), read(learned=False)
    for language, line in lines:
        script = counted(line).most_common(1)
        if not script:
            continue
        native = script[0][0] == _NATIVE_LETTERS.get(language)
        target = language if native else f"{language}-r" if language in _NATIVE_LETTERS else language
        if target not in counts:
            continue
        # "mobile dental bus" among the Punjabi examples is English: only lines with Punjabi words teach Punjabi.
        if target.endswith("-r") and lexicon.evidence(tokens(line), line).scores.get(target, 0.0) < 0.5:
            continue
        places = gazetteer.mentions(line)
        for token in tokens(line):
            named = any(token.start < place.end and place.start < token.end for place in places)
            latin = token.folded.isascii()
            if not named and len(token.folded) >= 2 and latin != native and not token.folded.isdigit():
                counts[target][token.folded] += 1
    totals = {language: max(1, sum(counter.values())) for language, counter in counts.items()}
    found: dict[str, list[str]] = {}
    for language, counter in counts.items():
        rivals = [other for other in ("en", "fr", "es") if other != language and language != "ar"]
        found[language] = sorted(
            word
            for word, count in counter.items()
            if count >= _OFTEN_ENOUGH[language]
            and (language == "ar" or word.isalpha() or language == "ar-r")
            and word not in lexicon.neutral
            and all(count / totals[language] > 2 * counts[rival][word] / totals[rival] for rival in rivals)
            and not (language.endswith("-r") and ("en" in lexicon.words.get(word, ()) or counts["en"][word]))
        )
    return found


def main() -> None:
    words = learned(examples())
    heading = "# Made by bot/language/learn.py from the examples under data/: words that belong to one language."
    rows = [f"{language}\t{' '.join(members)}" for language, members in words.items()]
    TARGET.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
