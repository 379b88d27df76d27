"""A map of counts by area, drawn here (SVG): a dot for each area, no tiles and no address outside.

It stands beside a table with the same numbers, and every dot has its name and number in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians, sqrt
from xml.sax.saxutils import escape

from bot.console.floor.charts import DARK, FONT, LIGHT
from bot.reports.areas import Point
from bot.reports.tables import Row

WIDTH = 880
EDGE = 48
SMALLEST, LARGEST = 6.0, 26.0
LABELLED = 14
"""So many of the largest dots carry their name; all of them have it as their title."""


def drawn(rows: Sequence[Row], points: Mapping[str, Point], *, few: str, title: str) -> bytes:
    """The map.

    Args:
        rows: areas and their counts; those without a point are in the table alone.
        points: where the areas are.
        few: said of a count that is not shown.
        title: what the map shows.
    """
    placed = [(row, points[row.key]) for row in rows if row.key in points and row.count != 0]
    frame = list(points.values())
    south, north = min(p.lat for p in frame), max(p.lat for p in frame)
    west, east = min(p.lon for p in frame), max(p.lon for p in frame)
    # near the middle of the province a degree of longitude is this much shorter than one of latitude
    narrow = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * EDGE) / ((east - west) * narrow)
    height = round((north - south) * scale + 2 * EDGE)

    def at(point: Point) -> tuple[float, float]:
        return EDGE + (point.lon - west) * narrow * scale, EDGE + (north - point.lat) * scale

    most = max((row.count or 0 for row, _ in placed), default=0)
    parts = [f'<circle class="area" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in map(at, frame)]
    taken: list[tuple[float, float, float]] = []  # where names stand already: the larger dot keeps its name
    largest = {row.key for row, _ in sorted(placed, key=lambda one: -(one[0].count or 0))[:LABELLED]}
    for row, point in sorted(placed, key=lambda one: -(one[0].count or 0)):
        x, y = at(point)
        size = SMALLEST if not row.count else SMALLEST + (LARGEST - SMALLEST) * sqrt(row.count / most)
        kind = "few" if row.count is None else "dot"
        said = f"{row.key}: {few if row.count is None else row.count}"
        parts.append(
            f'<g><title>{escape(said)}</title><circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}"/>'
        )
        left = x > WIDTH * 0.75
        anchor, beside = ("end", x - size - 4) if left else ("start", x + size + 4)
        begins = beside - 7.5 * len(said) if left else beside
        ends = begins + 7.5 * len(said)
        free = all(abs(y - line) > 15 or begins > last or ends < first for line, first, last in taken)
        if row.key in largest and free:
            taken.append((y, begins, ends))
            parts.append(f'<text x="{beside:.1f}" y="{y + 5:.1f}" text-anchor="{anchor}">{escape(said)}</text>')
        parts.append("</g>")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img"><title>{escape(title)}</title><style>{_style()}</style>{"".join(parts)}</svg>'
    ).encode()


def _style() -> str:
    def rules(colours: Mapping[str, str], dot: str) -> str:
        return (
            f"text{{fill:{colours['ink']}}}.area{{fill:{colours['line']}}}"
            f".dot{{fill:{dot};fill-opacity:.75;stroke:{colours['ink']}}}"
            f".few{{fill:none;stroke:{dot};stroke-width:2;stroke-dasharray:3 2}}"
        )

    light, dark = rules(LIGHT, "#0b5cad"), rules(DARK, "#9ecbff")
    return f"text{{font:14px {FONT}}}{light}@media (prefers-color-scheme: dark){{{dark}}}".replace("'", "")
