"""HSDS as a tabular package: a folder or a zip of CSV files, with or without datapackage.json."""

from __future__ import annotations

import errno
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from directory_client.feeds.csv_rows import CsvRow, open_csv
from directory_client.feeds.feed import FeedError, Item, Progress, Refusal, Row
from directory_client.feeds.hsds_names import modern, table_of

MOST_UNPACKED = 4 * 1024**3
"""Bytes that a package may come to; the whole of Ontario is a tenth of it."""
MOST_RATIO = 200
"""How many times its packed size a member may have. CSV packs to a tenth; a bomb to a thousandth."""
MOST_FILES = 500
LONGEST_NAME = 200
LARGEST_DESCRIPTOR = 10 * 1024**2
_DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError,
    zlib.error, lzma.LZMAError, struct.error,
)  # fmt: skip
"""What the standard library raises over a zip that is damaged, encrypted or packed in a way that it does not know."""


class HsdsPackage:
    """A package of CSV files as a feed."""

    def __init__(self, path: Path, source: str, *, complete: bool = True) -> None:
        self.path, self.source, self.complete = path, source, complete

    def items(self) -> Iterator[Item]:
        """Rows of every table that HSDS knows, of any version; other files are named and passed over."""
        with ExitStack() as stack:
            folder = self.path
            if not folder.is_dir():
                folder = Path(stack.enter_context(TemporaryDirectory(prefix="porchlight-zip-")))
                unpack(self.path, folder)
            files = list(_files(folder))
            if not any(table for _, table in files):
                raise FeedError(
                    f"{self.path.name} has none of the files of an HSDS package (organizations.csv, services.csv, …). "
                    "Give the folder or the zip that holds them."
                )
            total = sum(path.stat().st_size for path, _ in files)
            done = 0
            for path, table in files:
                if table is None:
                    yield Refusal(path.name, 0, "is no table of HSDS; it was passed over")
                    continue
                yield from _rows(path, table)
                done += path.stat().st_size
                yield Progress(done, total)


def unpack(path: Path, folder: Path) -> None:
    """Unpacks the CSV files of a zip, and its datapackage.json, flat into a folder.

    Raises:
        FeedError: for what is no zip, is damaged, encrypted, or would come to more than any directory is.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            members = [member for member in packed.infolist() if not member.is_dir() and _wanted(member.filename)]
            if len(members) > MOST_FILES:
                raise FeedError(f"{path.name} holds {len(members)} files: an HSDS package has about 25.")
            _check(path, members)
            for member in members:
                _copy(packed, member, folder / _plain_name(member.filename))
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        # Damage too comes in this way: a place in the file that lies before its beginning, or what bzip2 makes of it.
        reason = problem.strerror or str(problem)
        raise FeedError(f"{path.name} cannot be read as a zip ({reason}). Nothing was changed; get it anew.") from None
    except _DAMAGE as problem:
        reason = "is encrypted" if "password" in str(problem) else "cannot be read as a zip; it may be cut off"
        raise FeedError(f"{path.name} {reason}. Nothing was changed; get it anew.") from None


def _wanted(name: str) -> bool:
    plain = PurePosixPath(_plain_name(name))
    if plain.name.startswith("._") or len(plain.name.encode(errors="replace")) > LONGEST_NAME:
        return False  # what macOS packs beside every file; a name that no file can have
    return plain.suffix.lower() in (".csv", ".tsv") or plain.name == "datapackage.json"


def _plain_name(name: str) -> str:
    """The last part of a path, of whichever system: nothing is ever written outside the folder."""
    return PurePosixPath(name.replace("\\", "/")).name


def _check(path: Path, members: list[zipfile.ZipInfo]) -> None:
    names = [_plain_name(member.filename) for member in members]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FeedError(f"{path.name} holds {twice[0]} more than once: which of them counts? Nothing was changed.")
    unpacked = sum(member.file_size for member in members)
    worst = max((member.file_size / max(member.compress_size, 1) for member in members), default=0)
    if unpacked > MOST_UNPACKED or (worst > MOST_RATIO and unpacked > 100 * 1024**2):
        raise FeedError(
            f"{path.name} would unpack to {unpacked / 1024**2:,.0f} MB, which no directory is: it looks like a zip "
            "bomb. Nothing was unpacked."
        )


def _copy(packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Copies as many bytes as the member said it has, and not one more."""
    left = member.file_size
    with packed.open(member) as source, target.open("wb") as out:
        while block := source.read(1 << 20):
            left -= len(block)
            if left < 0:
                raise FeedError(f"{member.filename} is larger than the zip says. Nothing was changed; get it anew.")
            out.write(block)


def _files(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """The CSV files with the table of each: by the descriptor where there is one, else by the file's name."""
    described = _described(folder / "datapackage.json")
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".csv", ".tsv"):
            yield path, table_of(described.get(path.name, path.stem)) or table_of(path.stem)


def _described(descriptor: Path) -> dict[str, str]:
    try:
        if descriptor.stat().st_size > LARGEST_DESCRIPTOR:
            return {}
        resources = json.loads(descriptor.read_text(encoding="utf-8-sig")).get("resources", [])
        return {PurePosixPath(one["path"]).name: str(one.get("name", "")) for one in resources if "path" in one}
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return {}  # the names of the files say the same


def _rows(path: Path, table: str) -> Iterator[Item]:
    with open_csv(path) as csv:
        for note in csv.notes:
            yield Refusal(path.name, 1, note)
        for item in csv.rows():
            if isinstance(item, CsvRow):
                for name, values in modern(table, item.values):
                    yield Row(name, values, path.name, item.line)
            elif isinstance(item, Refusal):
                yield Refusal(item.file, item.line, item.reason, item.field, table, item.id)
