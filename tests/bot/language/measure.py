"""Accuracy of identification on lines.tsv, by slice: `python -m tests.bot.language.measure`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bot.language.identification import Identifier

LINES = Path(__file__).parent / "lines.tsv"


@dataclass(frozen=True, slots=True)
class Line:
    slice: str
    language: str
    romanised: bool
    text: str


@dataclass(frozen=True, slots=True)
class Measured:
    """right and total by slice; wrong answers as (line, answer); milliseconds of each call, sorted."""

    right: Counter[str]
    total: Counter[str]
    wrong: list[tuple[Line, str]]
    milliseconds: list[float]


def lines() -> list[Line]:
    found = []
    for row in LINES.read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            name, language, romanised, text = row.split("\t")
            found.append(Line(name, language, romanised == "r", text))
    return found


def measure(identifier: Identifier) -> Measured:
    """Identify every line without a session."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong: list[tuple[Line, str]] = []
    milliseconds = []
    for line in lines():
        started = perf_counter()
        answer = identifier.identify(line.text)
        milliseconds.append((perf_counter() - started) * 1000)
        total[line.slice] += 1
        if (answer.language, answer.romanised) == (line.language, line.romanised):
            right[line.slice] += 1
        else:
            wrong.append((line, answer.language + (" romanised" if answer.romanised else "")))
    return Measured(right, total, wrong, sorted(milliseconds))


def main() -> None:
    measured = measure(Identifier.load())
    for name, count in measured.total.items():
        print(f"{name:10} {measured.right[name]:3} of {count:3}  {measured.right[name] / count:.1%}")
    all_right, count = sum(measured.right.values()), sum(measured.total.values())
    print(f"{'all':10} {all_right:3} of {count:3}  {all_right / count:.1%}")
    at = measured.milliseconds
    print(f"milliseconds: median {at[len(at) // 2]:.2f}, p95 {at[int(len(at) * 0.95)]:.2f}")
    for line, answer in measured.wrong:
        print(f"  {line.slice}: {line.text!r} is {line.language}, heard {answer}")


if __name__ == "__main__":
    main()
