"""What a door file may say about evaluating its service: a few questions with choices, answered by who wants to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bot.doors.questions import Id, Option
from bot.doors.strict import Strict
from bot.doors.texts import TextId


class EvaluationQuestion(Strict):
    """One question. There are only choices: free words could tell who it was."""

    id: Id
    ask: TextId
    choices: tuple[Option, ...] = Field(min_length=2)


class Evaluation(Strict):
    """Asked at the end, once, and only after a yes. The answers know neither person nor conversation."""

    ask: TextId
    """The invitation: what it is for, that it is voluntary, that nothing joins the answers to anybody."""
    thanks: TextId
    never_from: Literal["none", "concern", "high", "emergency"] = "high"
    """No invitation from this level of danger on; "none": never."""
    questions: tuple[EvaluationQuestion, ...] = Field(min_length=1, max_length=5)
