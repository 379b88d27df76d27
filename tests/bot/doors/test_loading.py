"""Door files: the shipped ones load, a broken one is refused with file, line and reason."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.doors.loading import FOLDER, BrokenDoor, load

HERE = Path(__file__).parent
EVERYTHING = (HERE / "everything.yml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The general door and one with every field."""
    shutil.copy(FOLDER / "211.yml", tmp_path)
    shutil.copytree(HERE / "texts", tmp_path / "texts")
    shutil.copytree(FOLDER / "texts" / "211", tmp_path / "texts" / "211")
    (tmp_path / "everything.yml").write_text(EVERYTHING, encoding="utf-8")
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(BrokenDoor) as refused:
        load(folder)
    return str(refused.value)


def test_the_shipped_doors_load() -> None:
    doors = load()
    assert {"211", "good2talk", "dso-toronto", "rail-northumberland"} <= doors.keys()


def test_a_door_with_every_field_loads(folder: Path) -> None:
    door = load(folder)["everything"]
    assert door.greeting == ("everything/hello", "greeting_danger")
    assert door.entry.keywords == ("EVERYTHING", "LAMP", "FROM 911")


BROKEN = [
    ("id: everything\n", "id: Every thing\n", "id"),
    ('fr: "Porte exemple"', 'de: "Tür"', "names needs en and fr"),
    ("state: seasonal", "state: perhaps", "status.state"),
    ("checked: 2026-11-01", "checked: yesterday", "status.checked"),
    ("source: a sample", "source: a", "status.source"),
    ("say: out_of_season", "say: out_of_seasoning", "there is no sentence"),
    ("web: /everything", "web: everything", "entry.web"),
    ("words: [EVERYTHING]", "words: [everything]", "entry.words.0"),
    ("words: [LAMP]", "words: []", "entry.signs.words"),
    ("{id: from_911, words: [FROM 911]", "{id: from 911, words: [FROM 911]", "entry.marks.0.id"),
    ("languages: [en, fr, pa]", "languages: [English]", "languages.0"),
    ('open: "MO-FR 09:00-17:00"', 'open: "weekdays"', "hours.open"),
    ("holidays: closed", "holidays: sometimes", "hours.holidays"),
    ("2026-12-28: closed", "2026-12-28: shut", "not a weekly timetable"),
    ("greeting: [hello, greeting_danger]", "greeting: []", "greeting"),
    ("greeting: [hello, greeting_danger]", "greeting: [hallo]", "there is no sentence 'hallo'"),
    ("notice: {level: high", "notice: {level: low", "notice.level"),
    ("mark: from_911}", "mark: from_119}", "no mark named"),
    ("question: which\n", "", "routes and question"),
    ("line: 211-ontario\nroutes", "line: nobody\nroutes", "no line record"),
    ("to: intake, label", "to: outtake, label", "routes.0.to"),
    ("line: kids-help-phone", "line: kids", "no line record"),
    ("need: food.pantry", "need: food.magic", "not a need"),
    ("to: search, need: food.pantry", "to: search", "needs need"),
    ("when: {setting: waiting_list", "when: {setting: waiting", "no setting named"),
    ("priority: 10", "priority: 1000", "routes.3.priority"),
    ("consent: share, refused: talk", "consent: sharing, refused: talk", "no consent named"),
    ("consent: share, refused: talk", "consent: share, refused: nowhere", "refused names the route"),
    ("to: case, say: [passed], consent: share, refused: talk", "to: case, say: [passed]", "a case needs consent"),
    ("outcome: registered", "outcome: unregistered", "no outcome named"),
    ('door: "211"}', 'door: "212"}', "leads to no door"),
    ("{need: goods.holiday, reason: full}", "{need: goods.holly, reason: full}", "not a need"),
    ("start: route", "start: later", "start"),
    ("{id: before, kind: yes_no", "{id: kind, kind: yes_no", "stands twice"),
    ("{id: before, kind: yes_no", "{id: before, kind: maybe", "intake.1.kind"),
    ("ask: ask_before, why: why,", "ask: ask_before,", "intake.1.why"),
    (
        ", choices: [{id: toys, label: label_register, need: goods.holiday}, {id: food, label: label_talk}]",
        "",
        "choices belong",
    ),
    ("{id: food, label: label_talk}]", "{id: toys, label: label_talk}]", "same id"),
    ("required: false}\n  - {id: children", "required: perhaps}\n  - {id: children", "intake.1.required"),
    ("ask: ask_before, why: why,", "ask: ask_before, why: why, several: true,", "only a choice can have several"),
    ("least: 1, most: 12", "least: 13, most: 12", "least is greater"),
    ("least: 1, most: 12", "least: today, most: 12", "bounded by a number"),
    ("again: again_children", "again: again_child", "there is no sentence"),
    ("then: passed", "then: past", "there is no sentence"),
    ("danger: high, kind: other", "danger: low, kind: other", "routes.3.danger"),
    ("danger: high, kind: other", "danger: high, kind: cold", "routes.3.kind"),
    ("to: line, label: label_talk", "to: line, danger: high, label: label_talk", "in danger a route leads"),
    ("to: specialist,", "to: specialist, by_phone: [hello],", "only a route to a line puts callers through"),
    ("to: line, label: label_talk", "to: line, by_phone: [hallo], label: label_talk", "there is no sentence 'hallo'"),
    ("reached: 211-ontario", "reached: 212-ontario", "no line record"),
    ("least: today-18y", "least: long ago", "intake.3.least"),
    ("precision: day", "precision: hour", "intake.3.precision"),
    ("when: {question: children, at_least: 1}", "when: {question: note, answered: true}", "comes later"),
    ("when: {question: children, at_least: 1}", "when: {question: children}", "compares nothing"),
    ("when: {question: children, at_least: 1}", "when: {question: child, at_least: 1}", "no question named 'child'"),
    ("once: home_place", "once: Home Place", "intake.4.once"),
    ("short: short_home", "short: shorter", "there is no sentence"),
    ("ask: ask_note, why: why,", "ask: ask_note, why: why, confirm: perhaps,", "intake.5.confirm"),
    ("ask: ask_children, why: why,", "ask: ask_children, why: why, confirm: true,", "only texts and places"),
    ("question: home, outside: bridge", "question: home, outside: brigde", "no area named"),
    ("verdict: not_eligible, say: [far]", "verdict: not_eligible", "told the reason"),
    ("verdict: eligible", "verdict: perhaps", "rules.3.verdict"),
    ("offer: [goods.holiday]", "offer: [goods.magic]", "not a need"),
    ("{id: fine, verdict: eligible, to: file}", "{id: fine, verdict: eligible, to: nowhere}", "no route named"),
    ("{id: fine, verdict", "{id: fine, when: {question: before, is: true}, verdict", "the last rule"),
    ("{question: before, is: true}", "{question: before, is: maybe}", "compared with true or false"),
    ("fact: season, is: out", "fact: weather, is: out", "rules.2.when"),
    ('version: "1"', 'version: ""', "consents.0.version"),
    ("shares: [kind, home]", "shares: [kind, house]", "no question named 'house'"),
    ("receiver: receiver", "receiver: somebody", "there is no sentence"),
    ("report: {type: kind", "report: {type: sort", "no question named 'sort'"),
    ("more: [before]", "more: [note]", "is no question of kind"),
    ("place: {area: bridge", "place: {area: river", "no area named"),
    ("question: home, elsewhere", "question: note, elsewhere", "no question of kind place"),
    ("{area: toronto, to: talk}", "{area: toronto, to: walk}", "no route named"),
    ("centre: [43.96, -78.17], km: 25", "centre: [43.96, -78.17]", "an area is a circle"),
    ("{kind: number, value: 20", "{kind: number, value: many", "is not a value of kind number"),
    ('value: "11-01..12-15"', 'value: "November"', "is not a value of kind season"),
    ("note: \"When registration is open.\"", 'note: ""', "settings.weeks.note"),
    ("places: {setting: capacity}", "places: {setting: size}", "no setting named"),
    ("places: {setting: capacity}", "rooms: {setting: capacity}", "has a place for 'places'"),
    ("partner: {line_name: 211-ontario}", "partner: {line_name: 212-ontario}", "no line record named"),
    ("partner: {line_name: 211-ontario}", "partner: {number: 211-ontario}", "is not a kind of fact"),
    ("label: {en: \"Registered\", fr", "label: {EN: \"Registered\", fr", "outcomes.0.label"),
    ("{id: how, kind: choice", "{id: how, kind: text", "choices belong"),
    ("never_from: concern", "never_from: ever", "follow_up.never_from"),
    ("evaluation: {ask: which", "evaluation: {ask: what", "there is no sentence 'what'"),
    (", {id: little, label: label_talk}", "", "evaluation.questions.0.choices"),
    ("{id: useful, ask: which, ", "{id: useful, ask: which, kind: text, ", "evaluation.questions.0.kind"),
    ("youth: false", "yuoth: false", "yuoth"),
    ("anonymous: false", "anonymous: nobody", "anonymous"),
    ("words_days: 30", "words_days: 0", "retention.words_days"),
    ("youth: false", "texts: {}", "files of their own"),
    ("names:", "names", "line"),
]  # fmt: skip


BROKEN += [
    ("slips: {social: kind", "slips: {social: before", "is no question of kind choice with several answers"),
    ("days: 30}", "days: 0}", "entry.signs.slips.days"),
    ("need: goods.holiday}, {id: food", "need: goods.toys}, {id: food", "is not a need of the vocabulary"),
    ("each: children}", "each: before}", "is no question of kind number with most"),
    ("offer_from: [kind]", "offer_from: [before]", "'before' is no question of kind choice"),
    ("state: waiting", "state: lost", "routes"),
    ("to: register, state: waiting, say: [passed], consent: share, refused: talk",
     "to: register, say: [passed]", "a register needs consent"),
    ("registration: {answers: [kind", "registration: {answers: [kin", "there is no question named 'kin'"),
    ("counts: [children, grade]", "counts: [children, note]", "'note' is no question of kind number"),
    ("same: [[home], [note]]", "same: [[home], [name]]", "there is no question named 'name'"),
    ("season: weeks", "season: capacity", "there is no setting of kind season named 'capacity'"),
    ("capacity: capacity, size", "capacity: weeks, size", "there is no setting of kind number named 'weeks'"),
    ("size: children}", "size: before}", "'before' is no question of kind number"),
]  # fmt: skip


def test_a_question_for_each_is_written_once_and_asked_for_as_many_as_there_are(folder: Path) -> None:
    door = load(folder)["everything"]
    grades = [one for one in door.intake if one.id.startswith("grade_")]
    assert [one.nth for one in grades] == list(range(1, 13))
    assert all(one.when and one.when.question == "children" and one.when.at_least == one.nth for one in grades)
    assert door.registration and door.registration.counts[:3] == ("children", "grade_1", "grade_2")


def test_the_line_of_a_refusal_is_that_of_the_file_behind_a_question_for_each(folder: Path) -> None:
    behind = "  - {id: last, kind: text, ask: ask_nothing, why: why}\nrules:\n"
    broken = EVERYTHING.replace("rules:\n", behind, 1)
    (folder / "everything.yml").write_text(broken, encoding="utf-8")
    at = next(number for number, line in enumerate(broken.splitlines(), 1) if "ask_nothing" in line)
    assert f"line {at}:" in refusal(folder)


@pytest.mark.parametrize(("old", "new", "reason"), BROKEN)
def test_a_broken_field_is_refused_with_file_line_and_reason(folder: Path, old: str, new: str, reason: str) -> None:
    broken = EVERYTHING.replace(old, new, 1)
    assert broken != EVERYTHING, "the test's own text is out of date"
    (folder / "everything.yml").write_text(broken, encoding="utf-8")
    said = refusal(folder)
    assert "everything.yml" in said and reason in said
    if "leads to no door" not in said:
        line = re.search(r"line (\d+)", said)
        assert line and int(line[1]) >= 1


@pytest.mark.parametrize(
    ("language", "old", "new", "reason"),
    [
        ("fr", 'ask_note: "Anything else?"\n', "", "lacks ask_note"),
        ("fr", "{places}", "{rooms}", "other facts in braces"),
        ("fr", 'far: "That', 'further: "That', "English has no such sentence"),
        ("en", 'hello: "Hello', 'hello: 7\nhello2: "Hello', "is not a sentence"),
        ("en", "{line_911}", "{line_911", "a brace without"),
        ("en", 'hello: "Hello', 'hello: "Hello" "', "is not readable"),
    ],
)
def test_broken_sentences_are_refused(folder: Path, language: str, old: str, new: str, reason: str) -> None:
    path = folder / "texts" / "everything" / f"{language}.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    said = refusal(folder)
    assert f"everything/{language}.yml, line " in said and reason in said


def test_a_door_without_french_sentences_is_refused(folder: Path) -> None:
    (folder / "texts" / "everything" / "fr.yml").unlink()
    assert "everything/fr.yml is missing" in refusal(folder)


@pytest.mark.parametrize(
    ("old", "new", "reason"), [("web: /everything", "web: /", "/ is the web path"), ("x", "x", "")]
)
def test_two_doors_cannot_share_a_web_path_or_a_word(folder: Path, old: str, new: str, reason: str) -> None:
    if reason:
        (folder / "everything.yml").write_text(EVERYTHING.replace(old, new), encoding="utf-8")
        assert reason in refusal(folder)
    else:
        shutil.copytree(folder / "texts" / "everything", folder / "texts" / "twin")
        twin = EVERYTHING.replace("id: everything", "id: twin").replace("web: /everything", "web: /twin")
        (folder / "twin.yml").write_text(twin, encoding="utf-8")
        assert "EVERYTHING is the keyword of everything.yml too" in refusal(folder)


def test_the_general_door_must_be_there(folder: Path) -> None:
    (folder / "211.yml").unlink()
    assert "211 is missing" in refusal(folder)
