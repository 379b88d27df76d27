"""Who is excluded by the words of a record, and who is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory_client.eligibility import GENDERS, STATUSES, audience, takes


@pytest.mark.parametrize(
    ("text", "gender", "status", "taken"),
    [
        ("Women and their children", "man", None, False),
        ("Women and their children", "woman", None, True),
        ("Women and their children", None, None, True),
        ("Femmes de 16 ans et plus", "man", None, False),
        ("Homeless men 18 and over", "woman", None, False),
        ("Men and women 16 and over", "man", None, True),
        ("Women, men and non-binary people", "man", None, True),
        ("Families", "man", None, True),
        ("Open to all women and everyone who needs it", "man", None, True),
        ("", "man", "claimant", True),
        ("Residents of Ajax", "man", "claimant", True),
        ("Permanent residents and Convention refugees", None, "claimant", False),
        ("Permanent residents and Convention refugees", None, "refugee", True),
        ("Permanent residents and Convention refugees", None, None, True),
        ("Résidents permanents et demandeurs d'asile", None, "claimant", True),
        ("Canadian citizens and permanent residents", None, "temporary", False),
        ("Newcomers of any status, permanent residents", None, "temporary", True),
        ("Management consultants", "woman", None, True),
    ],
)
def test_a_record_excludes_only_whom_its_words_leave_out(
    text: str, gender: str | None, status: str | None, taken: bool
) -> None:
    assert takes(audience(text), gender, status) is taken


@given(st.text(max_size=300), st.sampled_from([None, *GENDERS]), st.sampled_from([None, *STATUSES]))
def test_any_text_is_read_and_what_is_unknown_excludes_nobody(
    text: str, gender: str | None, status: str | None
) -> None:
    assert takes(audience(text), None, None)
    assert isinstance(takes(audience(text), gender, status), bool)
