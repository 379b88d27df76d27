"""Second opinions on text in Latin letters and on scripts that languages share, from three public libraries.

lingua is right most often on short text, py3langid knows more languages, and langdetect is the baseline everybody
knows: it breaks ties on longer text. Each is held to the languages that are possible at all, because without
that they take Cantonese for Korean and Finglish for Swahili. The libraries are imported on load, not before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LATIN = (
    *("en", "fr", "es", "pt", "it", "vi", "tl", "pl", "so", "tr", "sw", "ro", "hu", "hr", "sq"),
    *("de", "nl", "cs", "sk", "az"),
)
_ONLY_LANGID = ("ht", "rw", "ku")
_LANGDETECT = ("en", "fr", "es", "pt", "it", "vi", "tl", "pl", "so", "tr", "sw", "ro", "hu", "hr", "sq")
_LANGDETECT_MORE = ("de", "nl", "cs", "sk")
_NATIVE = ("ar", "fa", "ur", "ps", "ru", "uk", "bg", "sr", "mn", "hi", "ne", "mr")
_MOST_TEXT = 500  # characters; more does not change the answer


@dataclass(frozen=True, slots=True)
class Opinions:
    lingua: Any
    langid_latin: Any
    langid_native: Any
    langdetect: Any

    @classmethod
    def load(cls) -> Opinions:
        return cls(_lingua(), *_langid(), _langdetect())

    def latin(self, text: str) -> dict[str, float]:
        """The mean likelihood of each language for a text in Latin letters."""
        text = text[:_MOST_TEXT]
        heard = {
            value.language.iso_code_639_1.name.lower(): float(value.value)
            for value in self.lingua.compute_language_confidence_values(text)
        }
        ranked = _renamed(self.langid_latin.rank(text))
        return {
            language: 0.55 * heard.get(language, 0.0) + 0.45 * ranked.get(language, 0.0)
            for language in (*LATIN, *_ONLY_LANGID)
        }

    def native(self, text: str, candidates: Iterable[str]) -> str | None:
        """py3langid's choice among languages of one script; None when it does not know them."""
        wanted = [language for language in candidates if language in _NATIVE]
        ranked: dict[str, float] = _renamed(self.langid_native.rank(text[:_MOST_TEXT]))
        return max(wanted, key=lambda language: ranked.get(language, 0.0)) if wanted else None

    def tie_break(self, text: str, candidates: Iterable[str]) -> str | None:
        """langdetect's choice among the candidates; None when it has none of them in mind."""
        from langdetect.lang_detect_exception import LangDetectException

        detector = self.langdetect.create()
        detector.append(text[:_MOST_TEXT].lower())
        try:
            likely = {_RENAMED.get(item.lang, item.lang): item.prob for item in detector.get_probabilities()}
        except LangDetectException:
            return None
        wanted = [language for language in candidates if language in likely]
        return max(wanted, key=lambda language: likely[language]) if wanted else None


_RENAMED = {"bs": "hr", "no": "nl", "nn": "nl", "da": "de"}


def _renamed(ranked: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for language, likelihood in ranked:
        name = _RENAMED.get(language, language)
        found[name] = found.get(name, 0.0) + float(likelihood)
    return found


def _lingua() -> Any:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in LATIN]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_preloaded_language_models().build()


def _langid() -> tuple[Any, Any]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    latin = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    native = LanguageIdentifier(
        latin.nb_ptc, latin.nb_pc, latin.nb_classes, latin.tk_nextmove, latin.tk_output, True, tk_row=latin.tk_row
    )
    latin.set_languages([*LATIN, *_ONLY_LANGID, "bs"])
    native.set_languages(list(_NATIVE))
    return latin, native


def _langdetect() -> Any:
    import langdetect
    from langdetect import DetectorFactory

    # Without a seed langdetect answers differently from run to run.
    DetectorFactory.seed = 0
    profiles = Path(langdetect.__file__).parent / "profiles"
    factory = DetectorFactory()
    factory.load_json_profile(
        [(profiles / language).read_text(encoding="utf-8") for language in (*_LANGDETECT, *_LANGDETECT_MORE)]
    )
    return factory


def normalised(scores: Mapping[str, float]) -> dict[str, float]:
    """Points made into parts of one."""
    total = sum(scores.values())
    return {language: value / total for language, value in scores.items()} if total else {}
