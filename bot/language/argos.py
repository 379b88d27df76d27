"""Argos Translate as an engine: packages are installed and read by its library, decoding is CTranslate2's own.

The library sets no limit on the length of what it decodes and gives no probability that could be used; both
matter here, so its packages are decoded directly. Imports happen at first use: without a package nothing loads.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import structlog

from bot.language.machine import Made, Pair, sentences, shielded
from bot.settings import Settings
from bot.supervisor.folders import Folders

log = structlog.get_logger(__name__)
LONGEST_SENTENCE = 400  # pieces; what is longer is no sentence
FITTED = "porchlight.json"
"""Beside a package's metadata: the threshold that `bin/porchlight languages calibrate` found for it."""
BEAM = 4


class NotInstalled(Exception):
    """A language package could not be installed. The text says what to do."""


def packages_folder() -> Path:
    """Where language packages are installed."""
    return Settings().language_packages


def installed(folder: Path | None = None) -> dict[Pair, Path]:
    """The installed packages, read from their metadata without loading anything."""
    found: dict[Pair, Path] = {}
    for path in sorted((folder or packages_folder()).glob("*/metadata.json")):
        try:
            metadata = json.loads(path.read_text(encoding="utf-8"))
            found[str(metadata["from_code"]), str(metadata["to_code"])] = path.parent
        except (ValueError, KeyError):
            log.warning("language package without usable metadata", package=path.parent.name)
    return found


class Argos:
    """The packages of a folder; each is loaded at its first use."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or packages_folder()
        self._loaded: dict[Pair, tuple[Any, Any]] = {}

    def pairs(self) -> set[Pair]:
        return set(installed(self.folder))

    def version(self, pair: Pair) -> str:
        folder = installed(self.folder)[pair]
        metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
        return f"argos/{folder.name}/{metadata.get('package_version', '')}"

    def threshold(self, pair: Pair) -> float | None:
        path = installed(self.folder)[pair] / FITTED
        if not path.exists():
            return None
        try:
            return float(json.loads(path.read_text(encoding="utf-8"))["threshold"])
        except (ValueError, KeyError, TypeError, OSError):
            log.warning("fitted threshold unusable; calibrate again", package=path.parent.name)
            return None

    def translate(self, text: str, pair: Pair) -> Made | None:
        loaded = self._load(pair)
        if loaded is None:
            return None
        tokens, engine = loaded
        parts = [shielded(sentence) for sentence in sentences(text)]
        pieces = [tokens.encode(words) for words, _ in parts]
        if not pieces or max(map(len, pieces)) > LONGEST_SENTENCE:
            return None
        # No penalty on repeated pieces: it would change "555" as readily as a loop. Loops are the gate's matter.
        results = engine.translate_batch(
            pieces,
            beam_size=BEAM,
            length_penalty=1,
            return_scores=True,
            max_decoding_length=2 * max(map(len, pieces)) + 20,
            replace_unknowns=True,
        )
        made = [
            tokens.decode(result.hypotheses[0]).strip() + fact for result, (_, fact) in zip(results, parts, strict=True)
        ]
        return Made(" ".join(made), min(result.scores[0] for result in results))

    def _load(self, pair: Pair) -> tuple[Any, Any] | None:
        if pair not in self._loaded:
            path = installed(self.folder).get(pair)
            if path is None:
                return None
            package, _ = library(self.folder)
            import ctranslate2

            read = package.Package(path)
            self._loaded[pair] = (
                read.tokenizer,
                ctranslate2.Translator(str(path / "model"), device="cpu", inter_threads=1, intra_threads=1),
            )
        return self._loaded[pair]


def install_file(path: Path) -> str:
    """Installs a package file; gives a sentence about it.

    Raises:
        NotInstalled: when the file is no such package.
    """
    folder = packages_folder()
    folder.mkdir(parents=True, exist_ok=True)
    package, _ = library(folder)
    before = set(installed(folder))
    try:
        package.install_from_path(path)
    except Exception as problem:
        kind = type(problem).__name__
        raise NotInstalled(f"{path} is not an Argos package that can be installed ({kind}).") from None
    new = set(installed(folder)) - before
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
    package, settings = library(folder)
    try:
        package.update_package_index()
        # Without an index the library would look for it for ever.
        offered = package.get_available_packages() if Path(settings.local_package_index).exists() else []
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


def library(folder: Path) -> tuple[Any, Any]:
    """The library's modules `package` and `settings`, told to keep everything inside the project.

    Its settings are read at its import, so the environment is set first.
    """
    home = Folders.of(os.environ).shared / "home"
    os.environ["ARGOS_TRANSLATE_PACKAGE_DIR"] = str(folder)
    os.environ["ARGOS_PACKAGES_DIR"] = str(folder)
    os.environ.setdefault("XDG_DATA_HOME", str(home / "share"))
    os.environ.setdefault("XDG_CACHE_HOME", str(home / "cache"))
    os.environ.setdefault("XDG_CONFIG_HOME", str(home / "config"))
    from argostranslate import package, settings

    settings.package_data_dir = folder
    settings.package_dirs = [folder]
    return package, settings
