"""A page with every message of a language as people see it, for translators and reviewers."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment

from bot.language.catalogue import Source, Translation, read_sources, read_translations
from bot.language.names import endonym, english_name, is_rtl

_PAGE = """<!doctype html>
<html lang="{{ language }}"{% if rtl %} dir="rtl"{% endif %}>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ endonym }} – Porchlight</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #999; padding: .5rem; text-align: start; vertical-align: top; width: 45% }
small { color: #444; display: block } .draft::before { content: "✎ "; color: #8a4b00 }
.missing { background: #fff1d6 }
</style>
<h1>{{ endonym }} <span dir="ltr" lang="en">({{ name }})</span></h1>
<p dir="ltr" lang="en">{{ done }} of {{ rows | length }} messages, {{ drafts }} of them drafts (✎) that no native
speaker has reviewed. Facts are samples.</p>
<table>
{% for row in rows %}<tr{% if not row.text %} class="missing"{% endif %}>
<td{% if row.draft %} class="draft"{% endif %}>{{ row.text or "–" }}</td>
<td dir="ltr" lang="en">{{ row.english }}<small>{{ row.id }}: {{ row.note }}</small></td>
</tr>
{% endfor %}</table>
</html>
"""


def page(language: str) -> str:
    """The page as HTML. A language without any translation shows what there is to translate."""
    sources = read_sources()
    translations = read_translations(language) if language != "en" else {}
    rows = [_row(source, translations) for source in sources.values()]
    return (
        Environment(autoescape=True, trim_blocks=True)
        .from_string(_PAGE)
        .render(
            language=language,
            rtl=is_rtl(language),
            endonym=endonym(language),
            name=english_name(language),
            rows=rows,
            done=sum(1 for row in rows if row["text"]),
            drafts=sum(1 for row in rows if row["draft"]),
        )
    )


def _row(source: Source, translations: Mapping[str, Translation]) -> dict[str, object]:
    had = translations.get(source.id)
    return {
        "id": source.id,
        "note": source.note,
        "english": _filled(source.text, source.facts),
        "text": _filled(had.text, source.facts) if had else "",
        "draft": had is not None and had.draft,
    }


def _filled(text: str, facts: Mapping[str, object]) -> str:
    """The text with its sample facts; one with broken placeholders as it stands."""
    try:
        return text.format_map({name: str(sample) for name, sample in facts.items()})
    except (KeyError, ValueError, IndexError):
        return text
