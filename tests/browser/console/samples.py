"""What the stand-in for the desk's interface knows: people who wait, a long conversation, listings, replies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)

WORDS = {
    "en": {
        "emergency": "Emergency", "high": "High", "none": "No sign of danger", "suicide": "suicide",
        "reason": "wants to die (Punjabi pattern)", "need": "Groceries, food bank", "need2": "Help with rent",
        "asked": "Asked for a person", "danger": "Danger was found", "punjabi": "Punjabi", "english": "English",
        "arabic": "Arabic", "french": "French", "door": "211 Ontario", "students": "Good2Talk",
        "no_translation": "Nothing can translate Punjabi here. Your words go as you wrote them.",
        "opted_out": "The person has opted out of text messages. Nothing can be sent.",
        "summary": "211 Ontario · Web chat · Punjabi · Needs: groceries · Place is known · Services shown: 3",
        "delivered": "Delivered", "failed": "Not delivered", "given": "Given", "reason_no": "No service nearby",
        "said_yes": "The person said yes", "plan": "Set a next date…", "table": "Refer to Rapid Mobilization Table…",
        "share": "Language", "share2": "Needs", "doubt": "A number in it differs", "taken": "Somebody else has it.",
        "full": "You hold as many conversations as you may. Close or hand on one first.", "outcome": "How it ended",
        "advised": "Advised", "question": "Which college or university?",
        "consent": "May keep the conversation 30 days",
    },
    "fr": {
        "emergency": "Urgence", "high": "Élevé", "none": "Aucun signe de danger", "suicide": "suicide",
        "reason": "veut mourir (motif en pendjabi)", "need": "Épicerie, banque alimentaire", "need2": "Aide au loyer",
        "asked": "A demandé une personne", "danger": "Un danger a été repéré", "punjabi": "Pendjabi",
        "english": "Anglais", "arabic": "Arabe", "french": "Français", "door": "211 Ontario",
        "students": "Allo J’écoute",
        "no_translation": "Rien ne peut traduire le pendjabi ici. Vos mots partent tels quels.",
        "opted_out": "La personne a refusé les textos. Rien ne peut être envoyé.",
        "summary": "211 Ontario · Clavardage · Pendjabi · Besoins : épicerie · Lieu connu · Services montrés : 3",
        "delivered": "Livré", "failed": "Non livré", "given": "Donné", "reason_no": "Aucun service à proximité",
        "said_yes": "La personne a dit oui", "plan": "Fixer une date…", "table": "Diriger vers la table…",
        "share": "Langue", "share2": "Besoins", "doubt": "Un nombre y diffère", "taken": "Quelqu’un d’autre l’a.",
        "full": "Vous avez autant de conversations que permis. Terminez-en une d’abord.", "outcome": "Issue",
        "advised": "Conseillé", "question": "Quel collège ou université?", "consent": "Conservation pendant 30 jours",
    },
}  # fmt: skip

PUNJABI = "ਮੈਨੂੰ ਖਾਣੇ ਦੀ ਲੋੜ ਹੈ, ਘਰ ਵਿੱਚ ਕੁਝ ਨਹੀਂ ਹੈ।"
PUNJABI_IN = {
    "en": "I need food, there is nothing at home.",
    "fr": "J’ai besoin de nourriture, il n’y a rien à la maison.",
}
ARABIC = "لا أريد أن أعيش بعد الآن. أنا وحدي."
ARABIC_IN = {"en": "I do not want to live any more. I am alone.", "fr": "Je ne veux plus vivre. Je suis seul."}


def risk(level: int, words: dict[str, str], reasons: bool = True) -> Json:
    label = (words["none"], "", words["high"], words["emergency"])[level]
    why = [{"code": "pattern:pa.suicide", "label": words["reason"]}] if level and reasons else []
    return {
        "level": level, "label": label, "kind": "suicide" if level else None,
        "kind_label": words["suicide"] if level else None, "reasons": why,
    }  # fmt: skip


def moment(minutes_ago: float) -> str:
    return (NOW - timedelta(minutes=minutes_ago)).isoformat()


def card(words: dict[str, str], number: int, stale: bool = False) -> Json:
    return {
        "id": f"listing-{number}", "name": f"Northside Food Bank {number}", "summary": "Groceries once a week",
        "distance": None, "distance_km": 1.4 * number, "open": "Open now until 17:00", "open_state": "open",
        "phones": [{"display": f"705-555-010{number}", "href": f"tel:+1705555010{number}", "verb": "Call"}],
        "address": f"{number} Example Street, Barrie", "fee": None, "eligibility": None, "languages": None,
        "accessibility": None, "url": "https://example.org/food", "verified": "Checked 2 March 2026", "stale": stale,
        "stale_note": "Not checked for a year" if stale else None, "sample": True, "sample_note": "Made-up service",
        "scope": None, "language": "en", "number": number, "open_now": True, "needs": ["food.pantry"],
    }  # fmt: skip


def message(seq: int, author: str, text: str, language: str, minutes_ago: float, **more: Any) -> Json:
    return {
        "id": f"m{seq}", "seq": seq, "author": author, "author_name": None, "time": moment(minutes_ago),
        "language": language, "rtl": language in ("ar", "ur"), "text": text, "translation": None, "kind": "text",
        "cards": [], "choices": [], "delivery": None, **more,
    }  # fmt: skip


def translation(text: str | None, language: str, how: str, sure: bool = True) -> Json:
    return {"text": text, "language": language, "how": how, "sure": sure, "pending": False}


def arabic_talk(words: dict[str, str], reader: str) -> list[Json]:
    """A conversation with translations of every kind."""
    menu = [{"number": 1, "label": "طعام"}, {"number": 2, "label": "سكن"}]
    hello = {"en": "Hello, this is 211. What do you need?", "fr": "Bonjour, ici le 211. De quoi avez-vous besoin?"}
    crisis = {
        "en": "You are not alone. Call or text 9-8-8 now. A person is joining you here.",
        "fr": "Vous n’êtes pas seul. Appelez ou textez le 9-8-8. Une personne arrive ici.",
    }
    return [
        message(1, "bot", "مرحبا، هنا 211. ماذا تحتاج؟", "ar", 1500, choices=menu,
                translation=translation(hello[reader], reader, "catalogue")),
        message(2, "person", ARABIC, "ar", 9, translation=translation(ARABIC_IN[reader], reader, "machine")),
        message(3, "bot", "لست وحدك. اتصل أو أرسل رسالة إلى 9-8-8 الآن. سينضم إليك شخص هنا.", "ar", 8.8, kind="crisis",
                translation=translation(crisis[reader], reader, "catalogue")),
        message(4, "specialist", "أنا هنا معك الآن.", "ar", 7, author_name="Ana",
                translation=translation("I am here with you now.", "en", "machine"),
                delivery={"state": "delivered", "code": None, "label": words["delivered"], "reason": None}),
        message(5, "person", "شكرا", "ar", 6, translation=translation("Thank you", reader, "machine", sure=False)),
        message(6, "specialist", "هل أنت في أمان؟", "ar", 5, author_name="Ana",
                translation=translation("Are you safe?", "en", "machine"),
                delivery={"state": "failed", "code": "30005", "label": words["failed"], "reason": "30005"}),
    ]  # fmt: skip


def long_talk(reader: str, count: int = 500) -> list[Json]:
    """As long as conversations get."""
    return [
        message(
            seq, "person" if seq % 2 else "specialist", f"Message {seq}. " + "Some more words. " * (seq % 5), "fr",
            3000 - seq * 5, translation=translation(f"Translated {seq}. " * (1 + seq % 3), reader, "machine"),
        )
        for seq in range(1, count + 1)
    ]  # fmt: skip


def punjabi_talk(words: dict[str, str], reader: str) -> list[Json]:
    """No package translates it: said so, message by message."""
    none = translation(None, reader, "none", sure=False)
    return [
        message(1, "person", PUNJABI, "pa", 12, translation=none),
        message(2, "bot", "ਇਹ ਸੇਵਾਵਾਂ ਮਦਦ ਕਰ ਸਕਦੀਆਂ ਹਨ:", "pa", 11.9, cards=[card(words, 1), card(words, 2, stale=True)],
                translation=translation("These services may help:", reader, "catalogue")),
    ]  # fmt: skip
