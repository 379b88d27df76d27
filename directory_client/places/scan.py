"""From a text to the names of places in it, exact, with something written on to them, or misspelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from directory_client.places import endings
from directory_client.places.cues import Cues, Said
from directory_client.places.misspelling import Misspellings
from directory_client.places.names import LONGEST_NAME, LONGEST_UNSPACED, Entry, Names
from directory_client.places.sound import SURE, consonants, is_indic, is_tamil, strength
from directory_client.places.text import Token, is_hangul

_ARABIC_PREFIXES = ("وبال", "بال", "وال", "فال", "لل", "وب", "ول", "ال", "ب", "ل", "و", "ف")
_HEBREW_PREFIXES = ("וב", "ב", "ל", "מ", "ה", "ו")
# Words of English and other languages that end like a name with a romanised ending.
_ENGLISH = frozenset(
    ("londoner", "londony", "londonderry", "windsors", "hamiltonian", "kingstone", "miltonic", "londonil")
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in a text: the words first to last, the offsets start to end, and what is said about it."""

    entry: Entry
    first: int
    last: int
    start: int
    end: int
    said: Said
    sure: float = 1.0
    unspaced: bool = False


class Scanner:
    def __init__(self, names: Names, cues: Cues) -> None:
        self._names = names
        self._cues = cues
        self._misspellings = Misspellings(names.misspellable)

    def hits(self, text: str, words: list[Token]) -> list[Hit]:
        """The names in a text, in order; none overlaps another."""
        hits: list[Hit] = []
        index = 0
        while index < len(words):
            word = words[index]
            if word.unspaced:
                hits.extend(self._run(word, index, words))
                index += 1
                continue
            hit = self._longest(text, words, index) or self._polish(words, index) or self._attached(words, index)
            hit = hit or (self._sounding(words, index) if is_indic(word.folded[0]) else self._slip(words, index, text))
            if hit:
                if hit.entry.places:
                    hits.append(hit)
                index = hit.last + 1
            else:
                index += 1
        return hits

    def _longest(self, text: str, words: list[Token], index: int) -> Hit | None:
        phrase, best = "", None
        for last in range(index, min(index + LONGEST_NAME, len(words))):
            if last > index and (words[last].breaks or words[last].comma or words[last].unspaced):
                break
            phrase = f"{phrase} {words[last].folded}" if phrase else words[last].folded
            entry = self._names.spaced.get(phrase)
            if entry:
                written = text[words[index].start : words[last].end]
                letters = written.replace(".", "").replace("-", "").replace(" ", "")
                if phrase in self._names.uppercase and not letters.isupper():
                    continue
                best = (entry, last)
        if best is None:
            return None
        entry, last = best
        return Hit(entry, index, last, words[index].start, words[last].end, self._cues.around(words, index, last))

    def _attached(self, words: list[Token], index: int) -> Hit | None:
        """A name with something written on to it: Arabic and Hebrew prefixes, Indic and Turkish endings."""
        word = words[index]
        folded = word.folded
        if len(folded) < 4:
            return None
        entry, kind = None, "in"
        if "\u0600" <= folded[0] <= "\u06ff" or "\u0590" <= folded[0] <= "\u05ff":
            for prefix in _ARABIC_PREFIXES if folded[0] >= "\u0600" else _HEBREW_PREFIXES:
                rest = folded[len(prefix) :]
                if folded.startswith(prefix) and len(rest) >= 4:
                    entry = self._names.spaced.get(rest) or self._two(rest, words, index)
                    if entry and entry.places and not entry.places[0].in_ontario and len(rest) < 5:
                        entry = None
                    if entry and not (entry.care and prefix in ("و", "ف", "ה", "ו", "ال")):
                        kind = "in" if prefix not in ("ل", "لل", "ל") else "to"
                        if prefix in ("و", "ف", "ה", "ו", "ال", "وال"):
                            kind = ""
                        break
                    entry = None
            if entry is None and folded[0] >= "\u0600":
                entry, kind = self._ended(folded, endings.PERSIAN, 5)
        elif is_indic(folded[0]):
            entry, kind = self._ended(folded, endings.indic(folded), 2)
        elif folded.isascii():
            entry, kind = self._ended(folded, endings.TURKISH, 4)
            if entry is None or entry.population < 80_000 or not entry.places[0].in_ontario:
                entry, kind = self._romanised(folded)
        if entry is None:
            return None
        last = index
        if index + 1 < len(words) and self._second(folded, words, index):
            last = index + 1
        said = self._cues.around(words, index, last)
        kinds = said.kinds | ({kind} if kind else set())
        return Hit(entry, index, last, word.start, words[last].end, Said(kinds, said.strong or bool(kind)))

    def _ended(self, folded: str, table: tuple[tuple[str, str], ...], least: int) -> tuple[Entry | None, str]:
        """The name a word begins with when the rest of it is an ending, and what the ending says."""
        for ending, kind in table:
            if not folded.endswith(ending) or len(folded) - len(ending) < least:
                continue
            for stem in endings.stems(folded, ending):
                entry = self._names.spaced.get(stem)
                if entry and entry.places and entry.care in ("", "world") and (entry.care == "" or kind):
                    return entry, kind
        return None, ""

    def _romanised(self, folded: str) -> tuple[Entry | None, str]:
        if folded in _ENGLISH:
            return None, ""
        entry, kind = self._ended(folded, endings.ROMANISED, 4)
        if not entry or entry.care or not entry.places[0].in_ontario:
            return None, ""
        if entry.population >= 80_000 or (entry.places[0].radius_km >= 4 and len(folded) >= 9):
            return entry, kind
        return None, ""

    def _polish(self, words: list[Token], index: int) -> Hit | None:
        """A Polish case behind a Polish preposition: "w Oshawie"."""
        if index == 0 or words[index].breaks or words[index].comma:
            return None
        kind = endings.polish_before(words[index - 1].folded)
        entry = self._names.polish.get(words[index].folded) if kind is not None else None
        if entry is None:
            return None
        said = self._cues.around(words, index, index)
        word = words[index]
        return Hit(entry, index, index, word.start, word.end, Said(said.kinds | ({kind} if kind else set()), True))

    def _sounding(self, words: list[Token], index: int) -> Hit | None:
        """A name of an Indic script in another spelling: its consonants are those of the name."""
        for last in (index + 1, index):
            if last >= len(words) or (last > index and (words[last].breaks or words[last].comma)):
                continue
            run = [word.folded for word in words[index : last + 1]]
            if not all(is_indic(word[0]) for word in run):
                continue
            if last > index and min(strength(consonants(word)) for word in run) < 2:
                continue
            whole = " ".join(run)
            for ending, kind in (("", ""), *endings.indic(whole)):
                if ending and (not whole.endswith(ending) or len(whole) - len(ending) < 4):
                    continue
                sounds = consonants(whole.removesuffix(ending))
                entry = self._names.sounds.get(sounds)
                if entry is None or (ending and not kind):
                    continue
                said = self._cues.around(words, index, last)
                said = Said(said.kinds | ({kind} if kind else set()), said.strong or bool(kind))
                if strength(sounds) >= SURE or (said.strong and not is_tamil(whole[0])):
                    return Hit(entry, index, last, words[index].start, words[last].end, said, 0.95)
        return None

    def _two(self, rest: str, words: list[Token], index: int) -> Entry | None:
        if index + 1 >= len(words):
            return None
        return self._names.spaced.get(f"{rest} {words[index + 1].folded}")

    def _second(self, folded: str, words: list[Token], index: int) -> bool:
        return any(
            folded.startswith(prefix) and self._two(folded[len(prefix) :], words, index) is not None
            for prefix in (*_ARABIC_PREFIXES, *_HEBREW_PREFIXES)
        )

    def _slip(self, words: list[Token], index: int, text: str) -> Hit | None:
        for last in (index + 1, index):
            if last >= len(words) or (last > index and (words[last].breaks or words[last].comma)):
                continue
            written = " ".join(word.folded for word in words[index : last + 1])
            if last > index and (len(words[index].folded) < 2 or len(words[last].folded) < 2):
                continue
            result = self._misspellings.find(written)
            if not result:
                continue
            entry, sure = result
            said = self._cues.around(words, index, last)
            alone = len(words) <= last - index + 2
            capital = words[index].capital and not text.isupper() and (index == 0 or not words[index].breaks)
            # A slip in a short name, or in one that few people write, needs a sign that a place is meant.
            plain = entry.population >= 80_000 and len(written) >= 7
            if plain or said.strong or alone or (capital and len(written) >= 7):
                return Hit(entry, index, last, words[index].start, words[last].end, said, sure)
        return None

    def _run(self, word: Token, index: int, words: list[Token]) -> Iterable[Hit]:
        run, position = word.folded, 0
        while position < len(run):
            step = 1
            for length in range(min(LONGEST_UNSPACED, len(run) - position), 1, -1):
                entry = self._names.unspaced.get(run[position : position + length])
                if entry and length < 3 and is_hangul(run[position]) and not _bounded(run, position, length):
                    continue
                if entry:
                    start = word.offsets[position]
                    end = word.offsets[position + length - 1] + 1
                    said = self._cues.beside(run, position, position + length)
                    if position == 0 and (not said.strong or is_hangul(run[0])):
                        around = self._cues.around(words, index, index)
                        said = Said(said.kinds | around.kinds, said.strong or around.strong)
                    yield Hit(entry, index, index, start, end, said, 1.0, True)
                    step = length
                    break
            position += step


def _bounded(run: str, position: int, length: int) -> bool:
    """Whether a short Korean name stands where a word begins, with nothing but a particle behind it."""
    rest = run[position + length :]
    return position == 0 and (not rest or rest.startswith(endings.KOREAN))
