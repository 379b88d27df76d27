"""Machine translation of free text: Argos Translate behind a small interface and a gate.

Never for a fixed sentence and never in a crisis reply. Without an installed pair the original is shown, with a
line that says so. Nothing is downloaded but by `bin/porchlight languages install`.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, Protocol

import structlog

from bot.language.gate import refused
from bot.supervisor.folders import Folders

log = structlog.get_logger(__name__)
CACHED = 2_000


class NotInstalled(Exception):
    """A language package could not be installed. The text says what to do."""


class Translator(Protocol):
    """Translates free text, or gives None when it cannot or the result must not be shown."""

    def translate(self, text: str, source: str, target: str) -> str | None: ...


class NoTranslator:
    """What is used when no package is installed."""

    def translate(self, text: str, source: str, target: str) -> str | None:
        return None


def packages_folder() -> Path:
    """Where language packages are installed: var/languages of the project."""
    return Folders.of(os.environ).shared / "languages"


def installed_pairs(folder: Path | None = None) -> set[tuple[str, str]]:
    """(from, to) of the installed packages, read from their metadata without loading anything."""
    pairs = set()
    for path in (folder or packages_folder()).glob("*/metadata.json"):
        try:
            metadata = json.loads(path.read_text(encoding="utf-8"))
            pairs.add((str(metadata["from_code"]), str(metadata["to_code"])))
        except (ValueError, KeyError):
            log.warning("language package without usable metadata", package=path.parent.name)
    return pairs


_SENTENCE = re.compile(r"(?<=[.!?。！？؟।])\s+")


class Sentences:
    """Splits text into sentences. Argos would download a model for this at the first translation."""

    def split_sentences(self, text: str) -> list[str]:
        return [part for part in _SENTENCE.split(text) if part.strip()] or [text]


class ArgosTranslator:
    """Translates with the packages of a folder; each is loaded at its first use."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or packages_folder()
        self._loaded: dict[tuple[str, str], Any] = {}
        self._cache: OrderedDict[tuple[str, str, str], str | None] = OrderedDict()
        self._lock = threading.Lock()

    def translate(self, text: str, source: str, target: str) -> str | None:
        key = (source, target, text)
        with self._lock:
            if key not in self._cache:
                self._cache[key] = self._translated(text, source, target)
                while len(self._cache) > CACHED:
                    self._cache.popitem(last=False)
            return self._cache[key]

    def _translated(self, text: str, source: str, target: str) -> str | None:
        try:
            translation = self._pair(source, target)
            made = None if translation is None else str(translation.translate(text))
        except Exception as problem:  # a broken package must not cost anybody an answer
            log.error("translation failed", pair=f"{source}-{target}", problem=type(problem).__name__)
            return None
        if made is None:
            return None
        reason = refused(text, made)
        if reason:
            log.info("translation refused", pair=f"{source}-{target}", reason=reason)
            return None
        return made

    def _pair(self, source: str, target: str) -> Any:
        if (source, target) not in self._loaded:
            self._loaded[source, target] = self._load(source, target)
        return self._loaded[source, target]

    def _load(self, source: str, target: str) -> Any:
        if (source, target) not in installed_pairs(self.folder):
            return None
        package, translate = _argos(self.folder)
        for one in package.get_installed_packages():
            if (one.from_code, one.to_code) == (source, target):
                languages = [translate.Language(code, code) for code in (source, target)]
                translation = translate.PackageTranslation(*languages, one)
                translation.sentencizer = Sentences()
                return translation
        return None


def translator_for_installation() -> Translator:
    """Argos when a package is installed, else nothing: its libraries are not even loaded."""
    return ArgosTranslator() if installed_pairs() else NoTranslator()


def install_file(path: Path) -> str:
    """Installs a package file; gives a sentence about it.

    Raises:
        NotInstalled: when the file is no such package.
    """
    folder = packages_folder()
    folder.mkdir(parents=True, exist_ok=True)
    package, _ = _argos(folder)
    before = installed_pairs(folder)
    try:
        package.install_from_path(path)
    except Exception as problem:
        kind = type(problem).__name__
        raise NotInstalled(f"{path} is not an Argos package that can be installed ({kind}).") from None
    new = installed_pairs(folder) - before
    if not new:
        return f"{path.name} was installed already."
    return "Installed " + ", ".join(f"{source} → {target}" for source, target in sorted(new)) + "."


def install_pairs(code: str) -> str:
    """Installs both directions between English and a language from the public index.

    Raises:
        NotInstalled: when the index cannot be reached or has no such pair.
    """
    folder = packages_folder()
    folder.mkdir(parents=True, exist_ok=True)
    package, _ = _argos(folder)
    try:
        package.update_package_index()
        # Without an index the library would look for it for ever.
        offered = package.get_available_packages() if _index_is_there() else []
    except Exception:
        offered = []
    if not offered:
        raise NotInstalled(
            "the public index of language packages cannot be reached; on a machine without internet fetch the"
            f" .argosmodel files elsewhere and run: bin/porchlight languages install {code} --from FILE."
        )
    wanted = [one for one in offered if {one.from_code, one.to_code} == {"en", code}]
    if not wanted:
        raise NotInstalled(f"the index has no pair between English and {code}; it stays without translation.")
    for one in wanted:
        package.install_from_path(one.download())
    return f"Installed {', '.join(f'{one.from_code} → {one.to_code}' for one in wanted)}."


def _index_is_there() -> bool:
    from argostranslate import settings

    return Path(settings.local_package_index).exists()


def _argos(folder: Path) -> tuple[Any, Any]:
    """The library, told to keep everything inside the project. Its settings are read at its import."""
    home = Folders.of(os.environ).shared / "home"
    os.environ["ARGOS_TRANSLATE_PACKAGE_DIR"] = str(folder)
    os.environ["ARGOS_PACKAGES_DIR"] = str(folder)
    os.environ.setdefault("XDG_DATA_HOME", str(home / "share"))
    os.environ.setdefault("XDG_CACHE_HOME", str(home / "cache"))
    os.environ.setdefault("XDG_CONFIG_HOME", str(home / "config"))
    from argostranslate import package, settings, translate

    settings.package_data_dir = folder
    settings.package_dirs = [folder]
    return package, translate
