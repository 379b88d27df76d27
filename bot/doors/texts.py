"""The sentences of a door: doors/texts/<door>/<language>.yml, put beside those of the catalogue.

A door's sentence has the id `<door>/<text>` everywhere behind the door file, so that a dialogue words it like any
other. `common` holds what every door's questions need. English and French are required; a language without a
sentence gets the English one, and is told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import AfterValidator, StringConstraints, ValidationInfo

from bot.language.catalogue import Catalogue, Source, Translation, placeholders, read_sources
from bot.named_lines import LINE_211
from bot.yaml_text import composed

if TYPE_CHECKING:
    from bot.doors.door import Door

COMMON = "common"
REQUIRED = ("en", "fr")
ENGLISH_ONLY: dict[str, Any] = {"say": f"{COMMON}/english_only", "facts": {"line_211": LINE_211}}
"""The honest sentence for somebody whose language a door's sentences are not there in."""
_CHANNELS = ("voice_", "sms_")
"""Beginnings of ids whose sentence takes the place of another on that channel: voice_intro for intro."""
_STRING = "tag:yaml.org,2002:str"
DRAFT = "# Draft"
"""Begins a file of sentences that nobody who speaks the language has reviewed."""


class Sentences(dict[str, str]):
    """The sentences of a language by id."""

    draft: bool = False


Texts = Mapping[str, Mapping[str, str]]
"""Language → id → sentence."""


class BrokenTexts(Exception):
    """A file of sentences that cannot be used. The text names file, line and reason."""


@dataclass(frozen=True, slots=True)
class Known:
    """The sentences that a door file may name; the context of its validation."""

    door: str
    own: frozenset[str] = field(default_factory=frozenset)
    others: frozenset[str] = field(default_factory=frozenset)


def _known(value: str, info: ValidationInfo) -> str:
    known = info.context
    if not isinstance(known, Known):
        return value
    if value in known.own:
        return text_id(known.door, value)
    if value in known.others:
        return value
    raise ValueError(
        f"there is no sentence {value!r}: write it into texts/{known.door}/en.yml and fr.yml, "
        "or name one of locales/messages.yml"
    )


TextId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_/-]+$"), AfterValidator(_known)]


def text_id(door: str, text: str) -> str:
    """The id of a door's sentence in the catalogue; voice_<door>/<text> for the form of a channel."""
    for channel in _CHANNELS:
        if text.startswith(channel):
            return f"{channel}{door}/{text.removeprefix(channel)}"
    return f"{door}/{text}"


def read_texts(folder: Path) -> Texts:
    """All sentences of a door, by language; empty when the folder is not there.

    Raises:
        BrokenTexts: for what is not a list of sentences, a sentence that English lacks, other facts than English has,
            and for French that is not complete.
    """
    if not folder.is_dir():
        return {}
    found: dict[str, Sentences] = {}
    where: dict[str, dict[str, int]] = {}
    for path in sorted(folder.glob("*.yml")):
        found[path.stem], where[path.stem] = _read(path)
    for language in REQUIRED:
        if language not in found:
            raise BrokenTexts(f"{folder.name}/{language}.yml is missing: every door speaks English and French.")
    english = found["en"]
    for language, texts in found.items():
        for key, text in texts.items():
            at = f"{folder.name}/{language}.yml, line {where[language][key]}: {key}"
            if key not in english:
                raise BrokenTexts(f"{at}: English has no such sentence; add it to en.yml or take it out here.")
            if placeholders(text) != placeholders(english[key]):
                raise BrokenTexts(f"{at}: has other facts in braces than English.")
    if missing := sorted(english.keys() - found["fr"].keys()):
        raise BrokenTexts(f"{folder.name}/fr.yml, line 1: lacks {', '.join(missing)}.")
    return found


def _read(path: Path) -> tuple[Sentences, dict[str, int]]:
    """The sentences of a file, and the line of each (from 1)."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = composed(text)
    except (UnicodeDecodeError, yaml.YAMLError) as problem:
        mark = getattr(problem, "problem_mark", None)
        at = mark.line + 1 if mark else 1
        raise BrokenTexts(f"{path.parent.name}/{path.name}, line {at}: is not readable as YAML.") from None
    name = f"{path.parent.name}/{path.name}"
    if not isinstance(tree, yaml.MappingNode):
        raise BrokenTexts(f"{name}, line 1: is not a list of sentences (id: sentence).")
    sentences, lines = Sentences(), {}
    sentences.draft = text.startswith(DRAFT)
    for key, value in tree.value:
        at = f"{name}, line {key.start_mark.line + 1}: {key.value}"
        if not isinstance(value, yaml.ScalarNode) or value.tag != _STRING or not value.value.strip():
            raise BrokenTexts(f"{at}: is not a sentence; put it in quotes.")
        try:
            placeholders(value.value)
        except ValueError:
            raise BrokenTexts(f"{at}: has a brace without its other half.") from None
        sentences[str(key.value)], lines[str(key.value)] = value.value, key.start_mark.line + 1
    return sentences, lines


@cache
def common_texts(folder: Path) -> Texts:
    """The sentences that all doors share."""
    return read_texts(folder / "texts" / COMMON)


@cache
def catalogue_ids() -> frozenset[str]:
    return frozenset(read_sources())


@cache
def _catalogue_facts() -> Mapping[str, frozenset[str]]:
    return {key: frozenset(placeholders(source.text)) for key, source in read_sources().items()}


def wanted(message: str, texts: Texts) -> frozenset[str]:
    """Names of the facts that a sentence has places for, of the catalogue or of a door with these texts."""
    if "/" not in message:
        return _catalogue_facts().get(message, frozenset())
    return frozenset(placeholders(texts.get("en", {}).get(message.rpartition("/")[2], "")))


def joined(catalogue: Catalogue, doors: Iterable[Door], common: Texts, *, drafts: bool = True) -> Catalogue:
    """The catalogue with the sentences of the doors. What languages are offered stays as it is.

    Args:
        drafts: whether sentences that nobody has reviewed are used; without them a door speaks English there.
    """
    sources: dict[str, Source] = dict(catalogue.sources)
    translations: dict[str, dict[str, Translation]] = {c: dict(t) for c, t in catalogue.translations.items()}
    doors = list(doors)
    for door in doors:
        sources[f"{door.id}/door_name"] = Source(f"{door.id}/door_name", door.names["en"], "")
        for language, name in door.names.items():
            translations.setdefault(language, {})[f"{door.id}/door_name"] = Translation(name, draft=False)
    for name, texts in ((COMMON, common), *((door.id, door.texts) for door in doors)):
        for language, sentences in texts.items():
            draft = isinstance(sentences, Sentences) and sentences.draft
            if draft and not drafts:
                continue
            for key, text in sentences.items():
                message = text_id(name, key)
                if language == "en":
                    sources[message] = Source(message, text, "", dict.fromkeys(placeholders(text), ""))
                else:
                    translations.setdefault(language, {})[message] = Translation(text, draft=draft)
    whole = Catalogue(sources, translations)
    whole.languages, whole.greeted = catalogue.languages, catalogue.greeted
    return whole


def in_english_only(pieces: Iterable[Mapping[str, Any]], catalogue: Catalogue, language: str) -> bool:
    """Whether a door's sentence among the pieces will be said in another language than the person's."""
    said = (str(piece["say"]) for piece in pieces if "say" in piece and not piece.get("language"))
    return any("/" in message and not catalogue.has(message, language) for message in said)


def with_honesty(pieces: list[dict[str, Any]], catalogue: Catalogue, language: str) -> list[dict[str, Any]]:
    """The pieces, with a line that says so when a door's sentences among them are in English only."""
    if language in REQUIRED or not in_english_only(pieces, catalogue, language):
        return pieces
    return [*pieces, ENGLISH_ONLY]
