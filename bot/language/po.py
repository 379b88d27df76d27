"""The catalogue as gettext files: written from messages.yml, filled by translators, checked.

An entry has the id as msgctxt, the English as msgid, the note and the facts as comments. Fuzzy means draft.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from bot.language.catalogue import DOMAIN, FOLDER, SAFETY, Source, Translation, placeholders, read_sources
from bot.language.names import GREETING

_PHONE = re.compile(r"(?<![\w{])(?:\+?1[-. ]?)?(?:\d{3}[-. ]\d{3}[-. ]\d{4}|\d-\d-\d|9(?:11|88)|211)(?![\w}])")


@dataclass(frozen=True, slots=True)
class Given:
    """A translation that somebody sends. english: what it was made from, None where the file does not say."""

    text: str
    draft: bool = True
    english: str | None = None


def path_of(language: str, folder: Path = FOLDER) -> Path:
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def written(
    language: str,
    sources: Mapping[str, Source],
    before: Mapping[str, Translation],
    new: Mapping[str, Given],
    english_before: Mapping[str, str],
) -> Catalog:
    """A language's file: what it had, what is new (as draft), and drafts again where the English has changed.

    Args:
        before: the translations that the file had.
        new: translations to put in, by id; a reviewed one is a draft again when its English is not the present.
        english_before: the English that each of them was made from.
    """
    catalogue = Catalog(
        project="Porchlight", version="1", copyright_holder="The Porchlight authors", locale=None, fuzzy=False
    )
    catalogue.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Language", language),
    ]
    for source in sources.values():
        had = before.get(source.id)
        if given := new.get(source.id):
            text, draft = given.text, given.draft or given.english != source.text
        else:
            text = had.text if had else ""
            changed = source.id in english_before and english_before[source.id] != source.text
            draft = bool(text) and (changed or (had.draft if had else True))
        comments = [source.note]
        if source.facts:
            comments.append("Facts: " + ", ".join(f"{{{name}}} = {sample}" for name, sample in source.facts.items()))
        catalogue.add(
            source.text,
            text,
            context=source.id,
            flags={"fuzzy"} if draft else (),
            auto_comments=comments,
        )
    return catalogue


def update(language: str, new: Mapping[str, Given], folder: Path = FOLDER) -> Path:
    """Writes a language's file anew with new translations; gives its path."""
    path = path_of(language, folder)
    content = exported(language, new, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def exported(language: str, new: Mapping[str, Given] | None = None, folder: Path = FOLDER) -> bytes:
    """A language's file as it is now, with the present English and notes, and with new translations put in."""
    path = path_of(language, folder)
    before: dict[str, Translation] = {}
    english: dict[str, str] = {}
    if path.exists():
        for key, one in given_in(path.read_bytes()).items():
            before[key] = Translation(one.text, one.draft)
            english[key] = str(one.english)
    out = io.BytesIO()
    write_po(out, written(language, read_sources(folder), before, new or {}, english), width=110, sort_output=False)
    return _undated(out.getvalue())


def given_in(content: bytes) -> dict[str, Given]:
    """The translations in a PO file, by id. Raises ValueError for what is no PO file."""
    found = {}
    try:
        catalogue = read_po(io.BytesIO(content), ignore_obsolete=True, abort_invalid=True)
    except PoFileError as problem:
        raise ValueError(f"it is no PO file: {problem}") from None
    for entry in catalogue:
        if entry.context and entry.string:
            found[str(entry.context)] = Given(str(entry.string), entry.fuzzy, str(entry.id))
    if not found and b"msgctxt" not in content:
        raise ValueError("it is not a PO file with ids in msgctxt")
    return found


def _undated(content: bytes) -> bytes:
    """Without the times and tool versions that Babel puts into the head: a file changes when its words change."""
    return re.sub(rb'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By)[^\n]*\n', b"", content, flags=re.MULTILINE)


def problems(language: str, sources: Mapping[str, Source], translations: Mapping[str, Translation]) -> list[str]:
    """What is wrong with the translations of one language: ids, placeholders, numbers, untranslated words.

    A language of the second list needs the greeting and the sentences of danger only.
    """
    needed = SAFETY if language in GREETING else sources.keys()
    found: list[str] = []
    for message in translations:
        if message not in sources:
            found.append(f"{message}: there is no such message")
    for source in sources.values():
        translation = translations.get(source.id)
        if translation is None and source.id not in needed:
            continue
        if translation is None:
            found.append(f"{source.id}: not translated")
            continue
        try:
            names = placeholders(translation.text)
        except ValueError as problem:
            found.append(f"{source.id}: {problem}")
            continue
        if names != placeholders(source.text):
            found.append(
                f"{source.id}: its placeholders are {sorted(names)}, in English {sorted(placeholders(source.text))}"
            )
        if sorted(_PHONE.findall(translation.text)) != sorted(_PHONE.findall(source.text)):
            found.append(f"{source.id}: a phone number differs from the English")
    return found
