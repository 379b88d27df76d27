"""Reading CSV files as they come."""

from __future__ import annotations

import io
import time
import tracemalloc
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory_client.feeds.csv_rows import LONGEST_CELL, CsvRow, open_csv
from directory_client.feeds.feed import FeedError, Progress, Refusal


def _read(data: bytes) -> tuple[list[dict[str, str]], list[tuple[int, str]], list[str]]:
    with open_csv(data, file="f.csv") as table:
        items = list(table.rows())
        rows = [item.values for item in items if isinstance(item, CsvRow)]
        refused = [(item.line, item.reason) for item in items if isinstance(item, Refusal)]
        return rows, refused, table.notes


EXPECTED = [{"id": "1", "name": "Santé à l'Île"}, {"id": "2", "name": "Œuvre, “x”"}]
TEXT = 'ID,Name\r\n1,Santé à l\'Île\r\n2,"Œuvre, “x”"\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_any_usual_encoding_is_read(encoding: str) -> None:
    rows, refused, notes = _read(TEXT.encode(encoding))
    assert rows == EXPECTED
    assert not refused
    assert bool(notes) == (encoding == "cp1252")


def test_a_single_line_in_another_encoding_spoils_no_other() -> None:
    rows, _, notes = _read("id,name\n1,Santé\n".encode() + "2,Forêt\n".encode("latin-1") + "3,Été\n".encode())
    assert [row["name"] for row in rows] == ["Santé", "Forêt", "Été"]
    assert "1 lines are not UTF-8" in notes[0]


def test_a_text_of_latin_1_alone_is_read() -> None:
    assert _read(b"id,name\n1,\x81\xe9\n")[0] == [{"id": "1", "name": "\x81é"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    data = (
        f"sep={delimiter}\nid{delimiter}name\n1{delimiter}a\n"
        if delimiter == ";"
        else f"id{delimiter}name\n1{delimiter}a\n"
    )
    assert _read(data.encode())[0] == [{"id": "1", "name": "a"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines_of_any_system_are_read(end: str) -> None:
    rows, refused, _ = _read(end.join(["id,name", '1,"two' + end + 'lines"', "2,b"]).encode())
    assert [row["id"] for row in rows] == ["1", "2"]
    assert rows[0]["name"].split() == ["two", "lines"]
    assert not refused


def test_empty_rows_and_cells_behind_the_last_column_are_no_errors() -> None:
    rows, refused, _ = _read(b"\n,,\nid,name,,\n1,a,,\n,,,\n\n2,b,\n3,c\n")
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert not refused


def test_a_row_of_the_wrong_length_is_refused_with_its_line() -> None:
    rows, refused, _ = _read(b"id,name\n1,a\n2\n3,c,d\n4,d\n")
    assert [row["id"] for row in rows] == ["1", "4"]
    assert refused == [(3, "The row has 1 cells, the head has 2."), (4, "The row has 3 cells, the head has 2.")]


def test_an_open_quote_costs_its_own_line_only() -> None:
    rows, refused, _ = _read(b'id,name\n1,"a\n2,b\n3,"c"\n4,d\n')
    assert [row["id"] for row in rows] == ["2", "3", "4"]
    assert refused == [(2, "A quotation mark is never closed.")]


def test_an_open_quote_on_the_last_line_is_refused() -> None:
    rows, refused, _ = _read(b'id,name\n1,a\n2,"b')
    assert [row["id"] for row in rows] == ["1"]
    assert refused == [(3, "A quotation mark is never closed.")]


def test_a_cell_beyond_the_limit_is_refused_and_reading_goes_on() -> None:
    data = b"id,name\n1," + b"x" * (LONGEST_CELL + 1) + b'\n2,b\n3,"' + b"y" * 5_000_000 + b'"\n4,d\n'
    rows, refused, _ = _read(data)
    assert [row["id"] for row in rows] == ["2", "4"]
    assert [line for line, _ in refused] == [2, 4]
    assert all("longer" in reason for _, reason in refused)


def test_zero_bytes_are_refused() -> None:
    rows, refused, _ = _read(b"id,name\n1,a\0b\n2,b\n")
    assert [row["id"] for row in rows] == ["2"]
    assert refused == [(2, "The row holds zero bytes: the file was damaged on its way.")]


def test_a_column_that_is_there_twice_counts_once_and_is_told() -> None:
    rows, _, notes = _read(b"id,name,ID\n1,a,2\n")
    assert rows == [{"id": "1", "name": "a"}]
    assert 'the column "id" is there twice' in notes[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\n\n,,\n", "is empty"),
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x00\x01\x02\x03\x04", "head of a CSV file"),
        (b'"id,name\n1,2\n', "cannot be read"),
        (b"x" * 5_000_000, "f.csv"),
        (b'"\r"\n1', "head of a CSV file"),
    ],
)
def test_what_is_no_csv_file_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(FeedError, match=words):
        open_csv(data, file="f.csv")


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="cannot be opened"):
        open_csv(tmp_path / "none.csv")


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("id\n" + "1\n" * 1200, encoding="utf-8")
    with open_csv(path) as table:
        done = [item for item in table.rows() if isinstance(item, Progress)]
    assert len(done) == 3
    assert done[-1] == Progress(path.stat().st_size, path.stat().st_size)


class _Endless(io.RawIOBase):
    """So many megabytes of one piece, made while they are read."""

    def __init__(self, head: bytes, piece: bytes, megabytes: float) -> None:
        self._head, self._piece, self._left = head, piece * (1_000_000 // len(piece)), megabytes

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        if self._left <= 0:
            return b""
        data = self._piece[:size]
        self._left -= len(data) / 1_000_000
        return data


PIECES = [b"1,abc\n", b'1,"abc\n', b'""\n', b'"a\n""\n', b"1,\xe9\n", b"x", b'"', b"\0", b","]


@pytest.mark.parametrize("piece", PIECES)
def test_any_length_is_read_in_little_memory_and_time(piece: bytes) -> None:
    long = b"\n" not in piece
    stream = cast(BinaryIO, _Endless(b"id,name\n", piece, 40 if long else 0.3))
    started = time.monotonic()
    tracemalloc.start()
    with open_csv(stream, file="f.csv") as table:
        for _ in table.rows():
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000
    assert time.monotonic() - started < 60


HOSTILE = st.text(alphabet=st.sampled_from(list('a,;"\n\r\t\0é|')), max_size=200)


@given(st.binary(max_size=300) | HOSTILE.map(str.encode))
def test_any_bytes_are_rows_refusals_or_one_error(data: bytes) -> None:
    try:
        _read(data)
    except FeedError as error:
        assert str(error)
