"""Charts of the queue as pictures (SVG), drawn here: no script and no address outside.

A picture follows the page: it asks its frame whether it is light or dark. Every chart stands beside a table
with the same numbers, and its colours differ in lightness, so nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pygal  # type: ignore[import-untyped]
from pygal.style import Style  # type: ignore[import-untyped]

LIGHT = {"paper": "#ffffff", "ink": "#1b1f24", "soft": "#57606a", "line": "#d0d7de"}
DARK = {"paper": "#161b22", "ink": "#e6edf3", "soft": "#9da7b3", "line": "#39424e"}
COLOURS = ("#0b5cad", "#c9701a", "#8a949e", "#5b2a86")
DARK_COLOURS = ("#9ecbff", "#d9822b", "#7a8794", "#d2a8ff")
"""Series in their order: blue, orange, grey, violet; each at least 3:1 against its paper."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
WIDTH = 880

_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground=LIGHT["ink"],
    foreground_strong=LIGHT["ink"],
    foreground_subtle=LIGHT["soft"],
    guide_stroke_color=LIGHT["line"],
    major_guide_stroke_color=LIGHT["line"],
    guide_stroke_dasharray="none",
    major_guide_stroke_dasharray="none",
    colors=COLOURS,
    value_colors=(LIGHT["ink"],) * len(COLOURS),
    opacity="1",
    opacity_hover="1",
    stroke_opacity="1",
    stroke_width="2.5",
    font_family=FONT,
    label_font_size=15,
    major_label_font_size=15,
    legend_font_size=16,
    value_font_size=15,
    no_data_font_size=18,
    transition="0s",
)


def _dark(scheme: str) -> str:
    """The same picture on dark paper."""
    rules = (
        f"text{{fill:{DARK['ink']} !important}}"
        f".axis text{{fill:{DARK['soft']} !important}}"
        f".axis .line{{stroke:{DARK['line']} !important}}"
    )
    for number, colour in enumerate(DARK_COLOURS):
        rules += f".color-{number}{{fill:{colour} !important;stroke:{colour} !important}}"
    return rules if scheme == "dark" else f"@media (prefers-color-scheme: dark){{{rules}}}"


def bars(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    *,
    nothing: str,
    stacked: bool = False,
    across: bool = False,
    scheme: str = "",
    number: Callable[[float], str] = lambda value: f"{value:g}",
) -> bytes:
    """A chart of bars.

    Args:
        labels: what stands under the bars.
        series: name and values; None leaves the place of a bar empty.
        nothing: said in place of a chart without a value.
        stacked: series on top of each other, for parts of a whole.
        across: bars from left to right, for long labels.
        scheme: "light" or "dark"; otherwise as the reader's page is.
        number: how a value is written.

    Returns:
        The picture, a document of its own.
    """
    kinds: dict[tuple[bool, bool], Any] = {
        (False, False): pygal.Bar,
        (True, False): pygal.StackedBar,
        (False, True): pygal.HorizontalBar,
        (True, True): pygal.HorizontalStackedBar,
    }
    height = max(220, 90 + 34 * len(labels) * (1 if stacked else len(series))) if across else 320
    return _drawn(kinds[stacked, across], labels, series, nothing, scheme, number, height, across)


def lines(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    *,
    nothing: str,
    scheme: str = "",
    number: Callable[[float], str] = lambda value: f"{value:g}",
) -> bytes:
    """A chart of lines; arguments as for `bars`. A line breaks where there is no value."""
    return _drawn(pygal.Line, labels, series, nothing, scheme, number, 320, allow_interruptions=True, dots_size=3)


def _drawn(
    kind: Any,
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    nothing: str,
    scheme: str,
    number: Callable[[float], str],
    height: int,
    across: bool = False,
    **more: Any,
) -> bytes:
    most = 31 if height == 320 else len(labels)
    every = max(1, -(-len(labels) // 12))
    chart = kind(
        width=WIDTH,
        height=height,
        style=_STYLE,
        css=["file://style.css", "file://graph.css", f"inline:{'' if scheme == 'light' else _dark(scheme)}"],
        js=[],
        explicit_size=True,
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(series),
        no_data_text=nothing,
        value_formatter=number,
        include_x_axis=True,
        min_scale=2,
        max_scale=6,
        margin=12,
        spacing=10,
        truncate_label=28,
        truncate_legend=60,
        x_labels_major_every=every if len(labels) > most or every > 1 else None,
        show_minor_x_labels=every == 1,
        **more,
    )
    chart.add_xml_filter(_without_scripts)
    # bars from left to right are drawn from the bottom up; a reader begins at the top
    chart.x_labels = list(reversed(labels)) if across else list(labels)
    for name, values in series:
        chart.add(name, list(reversed(values)) if across else list(values))
    return bytes(chart.render())


def _without_scripts(root: Any) -> Any:
    """pygal writes its settings into a script; a picture has no use for it and the policy of the site no room."""
    for parent in list(root.iter()):
        for child in list(parent):
            kind = str(child.tag).rpartition("}")[2]
            if kind == "script" or (kind == "title" and child.text == "Pygal"):
                parent.remove(child)
    return root
