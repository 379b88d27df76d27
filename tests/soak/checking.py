"""Whether a soak kept what is promised: every text answered exactly once, in order for each person, nothing lost.

Pure: it compares what people texted with what the database holds and what the carrier accepted, by their ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.soak.evidence import Accepted, Evidence, Heard, Said
from tests.soak.sending import Texted

Problems = Iterator[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A promise, and where it was broken: ids and numbers of fictional people, no words."""

    promise: str
    broken: tuple[str, ...]


def verdicts(found: Evidence) -> list[Verdict]:
    """Every promise with what breaks it."""
    looks = {
        "every text was acknowledged": _acknowledged(found.texted),
        "every text is stored once, whatever came twice": _stored(found.texted, found.heard),
        "every person has one conversation": _one_conversation(found.heard),
        "every text is answered by one turn": _answered(found.heard, found.said),
        "danger is answered as danger": _danger(found),
        "every reply is in the outbox and went out": _in_the_outbox(found.said),
        "every reply reached the carrier exactly once": _delivered(found.said, found.accepted),
        "the carrier got nothing else": _nothing_else(found.said, found.accepted),
        "texts are kept in the order in which they were taken": _order_taken(found.texted, found.heard),
        "answers follow the order of the texts, danger first": _order_answered(found),
        "each person got the replies in order": _order_delivered(found.said, found.accepted),
    }
    return [Verdict(promise, tuple(broken)) for promise, broken in looks.items()]


def overtaking(found: Evidence) -> int:
    """Replies in danger that passed an ordinary one which had to be tried again: meant, so counted apart."""
    return sum(after.priority > before.priority for before, after in _wrong_way(found.said, found.accepted))


def _acknowledged(texted: Iterable[Texted]) -> Problems:
    for text in texted:
        if text.acked_at is None or text.problem is not None:
            yield f"text {text.sid}: {text.problem or 'no answer'}"


def _stored(texted: Iterable[Texted], heard: Iterable[Heard]) -> Problems:
    expected = {text.sid: text for text in texted}
    times = Counter(one.sid for one in heard)
    for sid in expected:
        if times[sid] != 1 and (times[sid] or expected[sid].acked_at is not None):
            yield f"text {sid}: stored {times[sid]} times"
    for one in heard:
        text = expected.get(one.sid)
        if text is None:
            yield f"message {one.id}: nobody texted it"
        elif (text.person, text.line) != (one.person, one.line):
            yield f"text {one.sid}: stored as somebody else's"


def _one_conversation(heard: Iterable[Heard]) -> Problems:
    homes: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in heard:
        homes[one.person, one.line].add(one.conversation)
    for (person, _), conversations in homes.items():
        if len(conversations) > 1:
            yield f"person {person}: {len(conversations)} conversations"


def _answered(heard: Iterable[Heard], said: Iterable[Said]) -> Problems:
    answers = _answers(said)
    known = set()
    for one in heard:
        known.add(one.id)
        mine = answers.get(one.id, [])
        if not one.done:
            yield f"text {one.sid}: its turn was never done"
        elif not mine:
            yield f"text {one.sid}: no answer"
        # A turn writes all its replies in one transaction: one moment, numbers without a gap.
        elif len({reply.turn for reply in mine}) > 1 or mine[-1].seq - mine[0].seq != len(mine) - 1:
            yield f"text {one.sid}: answered by more than one turn"
    for message in answers.keys() - known:
        yield f"answer to {message}: no such text"


def _danger(found: Evidence) -> Problems:
    answers, ids = _answers(found.said), {one.sid: one.id for one in found.heard}
    for text in found.texted:
        mine = answers.get(ids.get(text.sid, ""), [])
        if text.crisis and mine and all(reply.kind != "crisis" for reply in mine):
            yield f"text {text.sid}: answered as if it were not about danger"


def _in_the_outbox(said: Iterable[Said]) -> Problems:
    for reply in said:
        if reply.out is None:
            yield f"reply {reply.id}: not in the outbox"
        elif reply.state not in ("sent", "delivered"):
            yield f"outbox {reply.out}: {reply.state}"


def _delivered(said: Sequence[Said], accepted: Sequence[Accepted]) -> Problems:
    """Our own id, which goes with each text, tells how often it was accepted.

    The carrier's id may be that of another text with the same words to the same person: whoever looks for a text after
    a crash cannot tell the two apart, and neither can the person.
    """
    there: defaultdict[str, list[Accepted]] = defaultdict(list)
    for one in accepted:
        there[one.out].append(one)
    by_sid, held = {one.sid: one for one in accepted}, Counter(reply.sid for reply in said)
    for reply in said:
        if reply.out is None:
            continue
        mine, meant = there[reply.out], by_sid.get(reply.sid or "")
        words = (reply.person, reply.line, reply.body)
        if len(mine) != 1:
            yield f"outbox {reply.out}: {len(mine)} times at the carrier"
        elif (mine[0].to, mine[0].from_, mine[0].body) != words:
            yield f"outbox {reply.out}: other words, or to somebody else"
        elif meant is None or (meant.to, meant.from_, meant.body) != words or held[reply.sid] > 1:
            yield f"outbox {reply.out}: holds the id of another text"


def _nothing_else(said: Iterable[Said], accepted: Iterable[Accepted]) -> Problems:
    ours = {reply.out for reply in said}
    for one in accepted:
        if one.out not in ours:
            yield f"carrier {one.sid}: of no reply of ours"


def _order_taken(texted: Iterable[Texted], heard: Iterable[Heard]) -> Problems:
    """A text that was acknowledged before another's webhook was first tried stands before it."""
    seqs = {one.sid: one.seq for one in heard}
    for mine in _by_person(texted):
        taken = [text for text in mine if text.acked_at is not None and text.sid in seqs]
        newest = -1
        by_ack = sorted(taken, key=lambda text: text.acked_at or 0.0)
        place = 0
        for text in sorted(taken, key=lambda text: text.at):
            while place < len(by_ack) and (by_ack[place].acked_at or 0.0) < text.at:
                newest = max(newest, seqs[by_ack[place].sid])
                place += 1
            if seqs[text.sid] < newest:
                yield f"text {text.sid}: stands before one that was taken earlier"


def _order_answered(found: Evidence) -> Problems:
    """A text about danger may be answered before others that waited; the rest in order."""
    answers = _answers(found.said)
    danger = {text.sid for text in found.texted if text.crisis}
    for mine in _by_conversation(found.heard):
        answered = [(one, answers[one.id]) for one in mine if one.id in answers and one.sid not in danger]
        for (_, before), (one, after) in pairwise(answered):
            if after[0].seq < before[-1].seq:
                yield f"text {one.sid}: answered before the one before it"


def _order_delivered(said: Iterable[Said], accepted: Iterable[Accepted]) -> Problems:
    for before, after in _wrong_way(said, accepted):
        if after.priority <= before.priority:
            yield f"outbox {after.out}: at the carrier before {before.out}"


def _wrong_way(said: Iterable[Said], accepted: Iterable[Accepted]) -> Iterator[tuple[Said, Said]]:
    """Replies in the same conversation of which the later one was accepted first, once for each that was passed."""
    places = {one.out: place for place, one in enumerate(accepted)}
    for mine in _by_conversation(said):
        arrived = sorted((reply for reply in mine if reply.out in places), key=lambda reply: places[reply.out or ""])
        newest: Said | None = None
        for reply in arrived:
            if newest is not None and reply.seq < newest.seq:
                yield reply, newest
            else:
                newest = reply


def _answers(said: Iterable[Said]) -> dict[str, list[Said]]:
    found: defaultdict[str, list[Said]] = defaultdict(list)
    for reply in said:
        if reply.answers is not None:
            found[reply.answers].append(reply)
    return {message: sorted(replies, key=lambda reply: reply.seq) for message, replies in found.items()}


def _by_person(texted: Iterable[Texted]) -> Iterable[Sequence[Texted]]:
    found: defaultdict[tuple[str, str], list[Texted]] = defaultdict(list)
    for text in texted:
        found[text.person, text.line].append(text)
    return found.values()


def _by_conversation[One: (Heard, Said)](messages: Iterable[One]) -> Iterable[list[One]]:
    found: defaultdict[str, list[One]] = defaultdict(list)
    for one in messages:
        found[one.conversation].append(one)
    return [sorted(mine, key=lambda one: one.seq) for mine in found.values()]
