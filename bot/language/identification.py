"""Which language a message is written in, or that the message does not say.

First the script: most scripts name their language. Languages that share a script are told apart by their own
letters and words. In Latin letters everyday words decide, among them those of romanised Punjabi or Arabic;
libraries give a second opinion on sentences. A number, a name or an "ok" says nothing: "und".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.language.addresses import is_address
from bot.language.lexicon import Evidence, Lexicon
from bot.language.names import CORE, known
from bot.language.native import Guess, told_apart
from bot.language.opinions import Opinions
from bot.language.scripts import ONE_LANGUAGE, SHARED, counted
from bot.language.trained import ROMAN, Glance, Trained
from directory_client.places import Gazetteer
from directory_client.places.text import Token, tokens

_LONGEST_TEXT = 2_000  # characters; the language of a message shows well before
_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|[@#]\w+")
_POSTAL = re.compile(r"\b[A-Za-z]\d[A-Za-z]\s?(?:\d[A-Za-z]\d)?\b")
_GLANCE = 0.5  # what the trained model's word is worth beside words and libraries
_TIE = 0.02  # romanised Urdu and Hindi share most of their words: with this much left, the session decides
_LOANS = frozenset({"yes", "no", "thanks", "thank", "please", "hi", "hello", "hey", "bye", "sorry", "help"})


@dataclass(frozen=True, slots=True)
class Identified:
    """language is "und" when the language of the session should be kept. confidence is 0 to 1."""

    language: str
    romanised: bool
    confidence: float
    candidates: tuple[str, ...] = ()


UNKNOWN = Identified("und", False, 0.0)


class Identifier:
    def __init__(
        self, lexicon: Lexicon, opinions: Opinions, gazetteer: Gazetteer, trained: Trained | None = None
    ) -> None:
        self._lexicon = lexicon
        self._trained = trained
        self._opinions = opinions
        self._gazetteer = gazetteer

    @classmethod
    def load(cls, *, model: Path | None = None) -> Identifier:
        """Load words, libraries and the trained model (None: from its usual place): two seconds and 200 MB."""
        identifier = cls(Lexicon.load(), Opinions.load(), Gazetteer.load(), Trained.find(model))
        for text in ("hello how are you", "مرحبا كيف الحال", "я здесь", "c'est pour ma famille et mes amis"):
            identifier.identify(text)  # the libraries fill their caches on first use
        return identifier

    def identify(self, text: str, *, session_language: str | None = None) -> Identified:
        """The language of a message.

        session_language breaks ties and keeps a borrowed "thanks" from counting; it never outvotes the text.
        """
        address = is_address(text)
        text = _POSTAL.sub(" ", _NOT_WORDS.sub(" ", text[:_LONGEST_TEXT]))
        letters = counted(text)
        if not letters or address:
            return UNKNOWN
        latin = letters.pop("latin", 0)
        if letters:
            found = self._native(text, letters, latin, session_language)
            if found is not None:
                return found
        return self._latin(text, session_language) if latin else UNKNOWN

    # Scripts other than Latin

    def _native(self, text: str, letters: Mapping[str, int], latin: int, session: str | None) -> Identified | None:
        """None when the message is a Latin one with a foreign word in it."""
        script = max(letters, key=lambda name: letters[name])
        if "kana" in letters and "han" in letters:
            script = "han"
        amount = sum(letters.values())
        if latin > amount * 3 and amount < 12:
            words = [token for token in tokens(text) if token.folded.isascii()]
            evidence = self._lexicon.evidence(words, "")
            if max(evidence.grammar.values(), default=0) >= 3:
                return None
        if script in ONE_LANGUAGE:
            sure = 0.99 if amount >= 3 else 0.8
            return Identified(ONE_LANGUAGE[script], False, sure, (ONE_LANGUAGE[script],))
        if script not in SHARED:
            return UNKNOWN
        if script in ("arabic", "cyrillic", "hebrew", "devanagari") and self._only_places(text):
            return UNKNOWN
        return self._shared(script, text, session)

    def _shared(self, script: str, text: str, session: str | None) -> Identified:
        guess = told_apart(script, text)
        language, sure = guess.language, guess.confidence
        glance = None if "kana" in counted(text) else self._glance(script, tokens(text))
        if glance and _convincing(glance, guess):
            return Identified(glance.label, False, round(glance.probability, 3), (glance.label, glance.second))
        close = guess.candidates[:3]
        if sure < 0.62 and script in ("arabic", "cyrillic", "devanagari"):
            if session in close:
                return Identified(str(session), False, 0.6, guess.candidates)
            opinion = self._opinions.native(text, guess.candidates or SHARED[script])
            if opinion == language:
                sure = max(sure, 0.7)
            elif opinion and sure < 0.5 and sum(letter.isalpha() for letter in text) >= 8:
                # Nothing of its own was seen: Russian is likelier here than a neighbour that a library prefers.
                rare = script == "cyrillic" and opinion not in ("ru", "uk") and not guess.confidence
                language, sure = ("ru" if rare else opinion), 0.5
        if language == "und" or sure < 0.33 or language not in known():
            return Identified("und", False, sure, guess.candidates)
        # Points are shared out among related languages; measured, the first is right far more often than its share.
        return Identified(language, False, round(1 - (1 - sure) ** 1.8, 3), guess.candidates or (language,))

    def _only_places(self, text: str) -> bool:
        """Whether a message is nothing but names of places."""
        rest = self._without_places(text, tokens(text))
        return not any(letter.isalpha() for token in rest for letter in token.folded)

    def _without_places(self, text: str, words: Sequence[Token]) -> list[Token]:
        spans = [(mention.start, mention.end) for mention in self._gazetteer.mentions(text)]
        return [word for word in words if not any(word.start < end and start < word.end for start, end in spans)]

    # Latin letters

    def _latin(self, text: str, session: str | None) -> Identified:
        words = [word for word in tokens(text) if word.folded.isascii() or not word.unspaced]
        words = [word for word in words if any(letter.isalpha() for letter in word.folded)]
        telling = [word for word in self._without_places(text, words) if word.folded not in self._lexicon.neutral]
        if not telling:
            return UNKNOWN
        evidence = self._lexicon.evidence(telling, text)
        if _looks_like_names(telling, evidence, self._lexicon):
            return UNKNOWN
        glance = self._glance("latin", telling)
        if glance and _sure(glance, len(telling)):
            return self._seen(glance, telling, evidence, session)
        romanised = self._romanised(telling, evidence, session)
        if romanised is not None:
            return _corrected(romanised, glance, session)
        return self._weighed(text, telling, evidence, session, glance)

    def _glance(self, group: str, words: Sequence[Token]) -> Glance | None:
        """What the trained model makes of these words, where there is a model that knows their script."""
        return self._trained.glance(group, [word.folded for word in words]) if self._trained else None

    def _seen(self, glance: Glance, words: Sequence[Token], evidence: Evidence, session: str | None) -> Identified:
        """The trained model's answer; of languages as alike as romanised Urdu and Hindi the session's."""
        label = glance.label
        if session and glance.probabilities.get(session + ROMAN, 0.0) >= _TIE:
            label = session + ROMAN
        language, romanised = label.removesuffix(ROMAN), label.endswith(ROMAN)
        close = (language, glance.second.removesuffix(ROMAN))
        if romanised:
            return Identified(language, True, round(glance.probability, 3), close)
        return self._answer(language, glance.probability, close, words, evidence, session)

    def _romanised(self, words: Sequence[Token], evidence: Evidence, session: str | None) -> Identified | None:
        """A language usually written otherwise, when its words outweigh those of every Latin one."""
        scores = {language: value for language, value in evidence.scores.items() if language.endswith("-r")}
        if not scores:
            return None
        best = max(scores, key=lambda language: scores[language])
        latin = {language: value for language, value in evidence.scores.items() if not language.endswith("-r")}
        # English nouns are borrowed freely: against its grammar they count little.
        latin["en"] = latin.get("en", 0.0) * (0.35 if evidence.grammar.get("en", 0) < 2 else 0.9)
        rival = max(latin.values(), default=0.0)
        covered, grammar = evidence.covered.get(best, 0.0), evidence.grammar.get(best, 0)
        enough = covered >= 0.3 and (grammar >= 1 or covered >= 0.6)
        if len(words) <= 2:
            enough = covered >= 0.5 and scores[best] >= 0.6
        mixed = self._mixed(words, best)
        if not mixed and (not enough or scores[best] < rival * 1.15):
            return None
        ranked = sorted(scores, key=lambda language: -scores[language])
        close = [language for language in ranked if scores[language] >= 0.8 * scores[best]]
        if session and f"{session}-r" in close:
            best = f"{session}-r"
        sure = scores[best] / (scores[best] + rival + (scores[ranked[1]] if len(ranked) > 1 else 0.0) * 0.5 + 0.4)
        language = best.removesuffix("-r")
        if language not in known():
            return Identified("und", False, 0.3, ())
        candidates = tuple(other.removesuffix("-r") for other in ranked[:3])
        sure = min(0.75 if len(close) > 1 else 0.97, 1 - (1 - sure) ** 2)
        return Identified(language, True, round(sure, 3), candidates)

    def _mixed(self, words: Sequence[Token], language: str) -> bool:
        """English nouns joined by the small words of another language: "support worker abuse karda disabled nu"."""
        lexicon = self._lexicon
        own, foreign = 0, 0
        for word in words:
            known = lexicon.words.get(word.folded, {})
            if language in known:
                # "de" and "la" may be French or Spanish with English nouns: they prove nothing.
                own += not {"fr", "es", "en"} & known.keys()
            elif "en" not in known or word.folded in lexicon.grammar["en"]:
                foreign += 1
        return len(words) >= 3 and own >= 1 and foreign * 3 <= own

    def _weighed(
        self,
        text: str,
        words: Sequence[Token],
        evidence: Evidence,
        session: str | None,
        glance: Glance | None = None,
    ) -> Identified:
        """Words, libraries and the trained model together."""
        scores = {language: value for language, value in evidence.scores.items() if not language.endswith("-r")}
        lexical = {language: value / max(evidence.weight, 1.0) for language, value in scores.items()}
        short = len(words) <= 3
        if (
            short
            and not any(evidence.covered.get(language, 0.0) >= 0.3 for language in lexical)
            and not _letters(scores)
        ):
            return UNKNOWN
        plain = " ".join(text[word.start : word.end] for word in words)
        decided = _decided(lexical, evidence)
        if decided:
            sure = min(0.97, 0.55 + lexical[decided] * 0.5)
            return self._answer(decided, sure, (decided,), words, evidence, session)
        opinions = self._opinions.latin(plain)
        others = max(
            (count for language, count in evidence.grammar.items() if language[-2:] != "-r" and language != "en"),
            default=0,
        )
        if others >= 2 and not evidence.grammar.get("en"):
            # "need ko po ng help sa rent": English nouns in another language's sentence.
            lexical["en"], opinions["en"] = lexical.get("en", 0.0) * 0.4, opinions["en"] * 0.5
        share = 0.35 if short else 0.6
        total = {
            language: (lexical.get(language, 0.0) + share * opinions.get(language, 0.0)) * _prior(language)
            for language in {*lexical, *opinions}
        }
        if glance and (not short or glance.known == 1.0):
            for label, chance in glance.probabilities.items():
                if label in total:
                    total[label] += _GLANCE * chance * glance.known
        ranked = sorted(total, key=lambda language: -total[language])
        best, second = ranked[0], ranked[1]
        if session in ranked[:3] and total[session] >= 0.85 * total[best]:
            best = session
        elif not short and total[second] > 0.85 * total[best] and len(plain) >= 25:
            best = self._opinions.tie_break(plain, ranked[:3]) or best
        margin = total[best] - max(total[language] for language in ranked if language != best)
        sure = min(0.98, 0.45 + margin)
        if total[best] < 0.3 or (margin <= 0 and best != session):
            return Identified("und", False, round(max(0.0, sure - 0.2), 3), tuple(ranked[:3]))
        return self._answer(best, sure, tuple(ranked[:3]), words, evidence, session)

    def _answer(
        self,
        language: str,
        sure: float,
        candidates: tuple[str, ...],
        words: Sequence[Token],
        evidence: Evidence,
        session: str | None,
    ) -> Identified:
        # "thanks" and "food bank" are said in every language here.
        loans = len(words) <= 2 and all(word.folded in _LOANS or not evidence.grammar.get("en") for word in words)
        if language == "en" and session not in (None, "en") and loans:
            return Identified("und", False, 0.3, ("en",))
        language = self._lexicon.serbian(words) if language == "hr" else language
        return Identified(language, False, round(sure, 3), candidates) if language in known() else UNKNOWN


def _sure(glance: Glance, words: int) -> bool:
    """Whether the trained model alone may decide: never on words that it has not seen in that language."""
    if words <= 2:
        return glance.probability >= 0.97 and glance.known == 1.0
    return glance.probability >= (0.97 if words == 3 else 0.93) and glance.known >= 0.55


def _convincing(glance: Glance, guess: Guess) -> bool:
    """Whether the trained model outweighs letters and word lists in a script that languages share."""
    if glance.label == guess.language or {glance.label, glance.second} == {"zh", "yue"}:
        return glance.probability >= 0.8
    knows = guess.language in glance.probabilities or guess.language == "und" or guess.confidence < 0.5
    return knows and glance.probability >= 0.9 and glance.known >= 0.5


def _corrected(found: Identified, glance: Glance | None, session: str | None) -> Identified:
    """Romanised for certain; which of the romanised languages, the trained model tells better."""
    if glance is None or not glance.label.endswith(ROMAN) or glance.probability < 0.6:
        return found
    language = glance.label.removesuffix(ROMAN)
    if session and glance.probabilities.get(session + ROMAN, 0.0) >= _TIE:
        language = session
    if language == found.language:
        return found
    return Identified(language, True, min(found.confidence, round(glance.probability, 3)), (language, found.language))


def _decided(lexical: Mapping[str, float], evidence: Evidence) -> str | None:
    """The language when its words alone leave no doubt; the libraries then need not be asked."""
    if not lexical:
        return None
    best = max(lexical, key=lambda language: lexical[language])
    second = max((value for language, value in lexical.items() if language != best), default=0.0)
    sure = lexical[best] >= 0.45 and second <= 0.5 * lexical[best] and evidence.weight >= 2
    return best if sure and evidence.grammar.get(best, 0) >= 1 else None


def _prior(language: str) -> float:
    """How much more often a helpline in Ontario is written to in a language than its evidence alone says."""
    return 1.0 if language in ("en", "fr") else 0.97 if language == "es" else 0.93 if language in CORE else 0.85


def _letters(scores: Mapping[str, float]) -> bool:
    return max(scores.values(), default=0.0) >= 2.0


def _looks_like_names(words: Sequence[Token], evidence: Evidence, lexicon: Lexicon) -> bool:
    """ "Maria Lopez", "Nguyen Van An": few words, all with capitals, none of them known."""
    if len(words) > 4 or not all(word.capital for word in words):
        return False
    return not any(word.folded in lexicon.words and len(word.folded) >= 4 for word in words) and not any(
        evidence.grammar.get(language, 0) * 2 > len(words) for language in evidence.scores
    )


__all__ = ["UNKNOWN", "Guess", "Identified", "Identifier"]
