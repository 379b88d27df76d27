"""The quality sets measure the product only while they stay apart from what it was trained on.

A line that stands in the training data, or nearly so, measures memory. This test finds such lines and every
line that is not valid. On failure the *test* line is changed, never the training data; so the report names
the file that holds the near copy and does not print the training sentence.
"""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


NEEDS = _words("""
    food.pantry food.meals housing.shelter housing.search housing.eviction housing.rent utilities.bills
    goods.clothing goods.baby goods.holiday money.benefits money.tax money.debt work.jobs work.training
    learn.literacy learn.language learn.school_supplies newcomer.settlement newcomer.refugee legal.aid
    legal.identification health.doctor health.dental health.medication health.sexual mental.counselling
    mental.crisis addiction.treatment addiction.harm_reduction violence.partner violence.sexual
    violence.trafficking violence.elder violence.victim family.childcare family.parenting youth.services
    student.support senior.home_care caregiver.respite disability.developmental disability.access
    indigenous.services lgbtq.services transport.rides community.internet report.discrimination
    report.abuse_disability government.information disaster.relief animal.pets
""")
ACTS = _words("""
    greet thanks goodbye affirm deny choose_number more nearer open_now details send_to_me call_it give_place
    correct_place another_need ask_person what_is_this does_it_cost are_you_a_person who_can_see
    change_language delete_data restart complaint out_of_scope
""")
LEVELS = _words("none concern high emergency")
KINDS = _words("""
    suicide self_harm overdose partner_violence sexual_violence child_abuse elder_abuse trafficking medical
    harm_to_others attack other
""")
LANGUAGES = _words("""
    en fr es zh yue pa ar ur fa tl hi ta pt it gu bn vi ko ru uk pl so tr
    am ti prs ps ne si te ml sw rw ht ro hu sr hr sq el de nl ja th km my lo mn yi he ku az ka hy bg cs sk
    oj cr iu moh und
""")
SLICES = {
    "language": _words("plain short accents_stripped code_mixed romanised undecidable other"),
    "risk": _words("explicit implicit concern plain trap"),
    "needs": _words("plain short indirect third_person voice code_mixed accents_stripped romanised two"),
    "places": _words("municipality neighbourhood postal misspelt origin_now outside none"),
}
FIELDS = {
    "language": {"text", "language", "slice"},
    "risk": {"text", "level", "kind", "slice"},
    "needs": {"text", "intent", "needs", "slice"},
    "places": {"text", "place", "lat", "lon", "slice"},
}
OPTIONAL = {"language": {"romanised"}, "risk": {"romanised", "person"}, "needs": {"romanised"}, "places": {"outside"}}

# Ontario with a margin, in degrees.
SOUTH, NORTH, WEST, EAST = 41.5, 57.0, -95.5, -74.0

# A line shorter than NEAR_FROM says too little for a likeness to mean copying; one shorter than SAME_FROM
# ("ok", a name, a place) is bound to stand everywhere.
GRAM, NEAR, NEAR_FROM, SAME_FROM = 5, 0.7, 12, 8

SETS = sorted(path for kind in FIELDS for path in (HERE / kind).glob("*.jsonl"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a quality set: its file, its number from 1, and what stands in it."""

    path: Path
    number: int
    record: dict[str, Any]

    @property
    def where(self) -> str:
        return f"{self.path.relative_to(HERE)}:{self.number}"


def lines(path: Path) -> list[Line]:
    """All lines of a set. A line that is no JSON object raises, with its place."""
    found = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            record = json.loads(raw)
        except json.JSONDecodeError as error:
            raise AssertionError(f"{path.name}:{number} is no JSON: {error}") from error
        assert isinstance(record, dict), f"{path.name}:{number} is no object"
        found.append(Line(path, number, record))
    return found


def plain(text: str) -> str:
    """The text without case, accents, annotations' leftovers, punctuation and doubled spaces.

    Combining marks go only from Latin, Greek and Cyrillic letters: in Indic scripts, Arabic and Thai they are
    vowels, and two different words would look alike without them.
    """
    letters = []
    base = ""
    for char in unicodedata.normalize("NFKD", text.casefold()):
        if not unicodedata.combining(char):
            base = char
        elif unicodedata.name(base, "").startswith(("LATIN", "GREEK", "CYRILLIC")):
            continue
        keep = char.isalnum() or unicodedata.category(char).startswith("M")
        letters.append(char if keep else " ")
    return " ".join(unicodedata.normalize("NFKC", "".join(letters)).split())


def grams(text: str) -> frozenset[str]:
    """The character 5-grams of a text already made plain (the text itself when it is shorter)."""
    return frozenset(text[i : i + GRAM] for i in range(max(1, len(text) - GRAM + 1)))


# [spelling](entity), [spelling]{"entity": …}, as Rasa writes annotated examples.
_ANNOTATED = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield from node.splitlines()
    elif isinstance(node, dict):
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for item in node:
            yield from _strings(item)


def training_texts(root: Path) -> Iterator[tuple[Path, str]]:
    """Every sentence under a folder of YAML, whatever its shape, without annotations and list dashes."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted((*root.rglob("*.yml"), *root.rglob("*.yaml"))):
        for text in _strings(yaml.load(path.read_text(encoding="utf-8"), Loader=loader)):
            sentence = plain(_ANNOTATED.sub(r"\1", text.strip().removeprefix("-")))
            if sentence:
                yield path, sentence


def plain_texts(root: Path) -> Iterator[tuple[Path, str]]:
    """Every line of the text files under a folder: examples of languages that have no others."""
    for path in sorted(root.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#") and (sentence := plain(line)):
                yield path, sentence


class Training:
    """The training sentences, findable by what they share with a text."""

    def __init__(self, texts: Iterator[tuple[Path, str]]) -> None:
        self.same: dict[str, Path] = {}
        for path, sentence in texts:
            self.same.setdefault(sentence, path)
        self._paths: list[Path] = []
        self._sizes: list[int] = []
        self._index: dict[str, list[int]] = defaultdict(list)
        for sentence, path in self.same.items():
            if len(sentence) < NEAR_FROM:
                continue
            number = len(self._paths)
            found = grams(sentence)
            self._paths.append(path)
            self._sizes.append(len(found))
            for gram in found:
                self._index[gram].append(number)

    def copy_of(self, text: str) -> str | None:
        """Says where a text stands, or nearly stands; None when it is the writer's own.

        Near means that more than 70 % of the text's 5-grams stand in one training sentence, or the other way
        round for a training sentence at least half as long (a whole sentence with a few words added).
        """
        text = plain(text)
        if len(text) < SAME_FROM:
            return None
        if text in self.same:
            return f"the same sentence in {self.same[text].relative_to(DATA)}"
        if len(text) < NEAR_FROM:
            return None
        own = grams(text)
        shared: Counter[int] = Counter()
        for gram in own:
            shared.update(self._index.get(gram, ()))
        for number, count in shared.most_common(20):
            size = self._sizes[number]
            within, around = count / len(own), count / size
            if within > NEAR or (around > NEAR and size >= len(own) / 2):
                where = self._paths[number].relative_to(DATA)
                return f"{max(within, around):.0%} alike with a sentence in {where}"
        return None


@cache
def training() -> Training:
    whole = (text for folder in ("nlu", "pairs", "risk") for text in training_texts(DATA / folder))
    return Training(chain(whole, plain_texts(DATA / "language")))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", SETS, ids=name)
def test_no_test_line_stands_in_the_training_data(path: Path) -> None:
    copies = [
        f"{line.where}: {line.record['text']!r}: {copy}"
        for line in lines(path)
        # The name of a place, a number or an "ok" stands in every language's examples.
        if line.record["slice"] != "undecidable" and (copy := training().copy_of(line.record["text"]))
    ]
    assert not copies, "change these test lines, never the training data:\n" + "\n".join(copies)


@pytest.mark.parametrize("path", SETS, ids=name)
def test_no_line_stands_twice_in_a_set(path: Path) -> None:
    seen: Counter[str] = Counter(line.record["text"] for line in lines(path))
    assert [text for text, count in seen.items() if count > 1] == []


@pytest.mark.parametrize("path", SETS, ids=name)
def test_every_line_has_its_fields_and_a_known_slice(path: Path) -> None:
    kind = path.parent.name
    for line in lines(path):
        fields = set(line.record)
        assert FIELDS[kind] <= fields <= FIELDS[kind] | OPTIONAL[kind], line.where
        text = line.record["text"]
        assert isinstance(text, str) and text and text == text.strip(), line.where
        assert line.record["slice"] in SLICES[kind], line.where


@pytest.mark.parametrize("path", [p for p in SETS if p.parent.name == "language"], ids=name)
def test_language_lines_carry_known_codes(path: Path) -> None:
    for line in lines(path):
        code = line.record["language"]
        assert code in LANGUAGES, line.where
        if path.stem != "other":
            assert code == path.stem, line.where


@pytest.mark.parametrize("path", [p for p in SETS if p.parent.name == "risk"], ids=name)
def test_risk_lines_carry_a_level_that_fits_their_slice(path: Path) -> None:
    grave = frozenset(("high", "emergency"))
    allowed = {
        "explicit": grave,
        "implicit": grave,
        "concern": frozenset(("concern",)),
        "plain": frozenset(("none",)),
    }
    for line in lines(path):
        level, kind = line.record["level"], line.record["kind"]
        assert level in allowed.get(line.record["slice"], LEVELS), line.where
        assert kind in KINDS if level != "none" else kind is None, line.where


@pytest.mark.parametrize("path", [p for p in SETS if p.parent.name == "needs"], ids=name)
def test_needs_lines_carry_known_needs_and_acts(path: Path) -> None:
    for line in lines(path):
        intent, needs = line.record["intent"], line.record["needs"]
        if intent == "need":
            assert needs and set(needs) <= NEEDS and len(set(needs)) == len(needs), line.where
            assert (line.record["slice"] == "two") == (len(needs) == 2), line.where
        else:
            assert intent in ACTS and needs == [], line.where


@pytest.mark.parametrize("path", [p for p in SETS if p.parent.name == "needs"], ids=name)
def test_every_need_and_every_act_has_its_lines(path: Path) -> None:
    needs: Counter[str] = Counter()
    acts: Counter[str] = Counter()
    for line in lines(path):
        if line.record["intent"] == "need":
            needs[line.record["needs"][0]] += 1
        else:
            acts[line.record["intent"]] += 1
    assert {need for need in NEEDS if needs[need] < 1} == set()
    assert {act for act in ACTS if acts[act] < 1} == set()


@pytest.mark.parametrize("path", [p for p in SETS if p.parent.name == "places"], ids=name)
def test_place_lines_say_where_or_that_there_is_no_place(path: Path) -> None:
    for line in lines(path):
        record = line.record
        lat, lon = record["lat"], record["lon"]
        assert record.get("outside", False) is (record["slice"] == "outside"), line.where
        assert (record["place"] is None) == (record["slice"] == "none"), line.where
        assert (lat is None) == (lon is None), line.where
        if record["slice"] in ("none", "outside"):
            assert lat is None, line.where
        elif lat is not None:
            assert SOUTH < lat < NORTH and WEST < lon < EAST, line.where


def test_a_copied_line_with_a_word_changed_is_found(tmp_path: Path) -> None:
    known = Training(iter([(DATA / "nlu/x.yml", plain("Where can I find a place that repairs bicycles?"))]))
    assert known.copy_of("where can i find a place that repairs bicycles") is not None
    assert known.copy_of("Where can I find a place that repairs bicycles today") is not None
    assert known.copy_of("Who mends bikes near the river?") is None


def test_annotations_of_training_examples_are_taken_off(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(
        'nlu:\n- intent: a\n  examples: |\n    - soup in [Moosonee](place) at [noon]{"entity": "time"}\n',
        encoding="utf-8",
    )
    assert "soup in moosonee at noon" in [text for _, text in training_texts(tmp_path)]


@pytest.mark.parametrize("folder", ["nlu", "pairs", "risk"])
def test_the_training_data_is_really_compared(folder: str) -> None:
    assert sum(1 for _ in training_texts(DATA / folder)) > 1000
