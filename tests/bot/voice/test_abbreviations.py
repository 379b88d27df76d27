"""The directory's own short forms, as words."""

from __future__ import annotations

import pytest

from bot.voice.abbreviations import spelled_out


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Mon-Fri 9:00am-5:00pm; Sat 10am–2pm", "Monday to Friday 9am to 5pm; Saturday 10am to 2pm"),
        ("Mon, Wed and Fri: 8:30 - 16:00", "Monday, Wednesday and Friday: 8:30 to 16:00"),
        ("Tues to Thurs. only", "Tuesday to Thursday only"),
        ("8:00 a.m.–4:30 p.m.", "8 a.m. to 4:30 p.m."),
        ("MON - FRI", "Monday to Friday"),
        ("Open 24/7", "Open 24 hours a day, 7 days a week"),
        ("within 5km", "within 5 kilometres"),
        ("Food & clothing", "Food and clothing"),
        ("12 King St W, Ajax", "12 King Street West, Ajax"),
        ("5 St. Clair Ave., 3 Bay Blvd", "5 St. Clair Avenue, 3 Bay Boulevard"),
    ],
)
def test_english(written: str, said: str) -> None:
    assert spelled_out(written, "en") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Lun-Ven 9h00-17h30", "lundi au vendredi 9 heures à 17 heures 30"),
        ("sam. 9h - 12h, dim", "samedi 9 heures à 12 heures, dimanche"),
        ("24h/24, 7j/7", "24 heures sur 24, 7 jours sur 7"),
        ("à 1 h 00", "à 1 heure"),
        ("à 2,1 km", "à 2,1 kilomètres"),
        ("aliments & vêtements", "aliments et vêtements"),
    ],
)
def test_french(written: str, said: str) -> None:
    assert spelled_out(written, "fr") == said


@pytest.mark.parametrize(
    "written", ["Sat down", "Dr. Smith", "St. Joseph's", "2021-05-03", "7-Eleven", "905-555-0123", "Sun prayers"]
)
def test_what_only_looks_like_a_short_form_stays(written: str) -> None:
    assert spelled_out(written, "en") == written


def test_other_languages_stay_as_they_are() -> None:
    assert spelled_out("Mon-Fri 9-5 & 24/7", "es") == "Mon-Fri 9-5 & 24/7"
