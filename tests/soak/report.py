"""The report of a soak: as JSON to be kept, and as a table to be read."""

from __future__ import annotations

import json
import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from tests.soak import figures
from tests.soak.checking import overtaking, verdicts
from tests.soak.evidence import Evidence
from tests.soak.watching import Kill

EXAMPLES = 20


def report(
    found: Evidence,
    *,
    options: Mapping[str, Any],
    kills: Sequence[Kill],
    memory: Mapping[str, Sequence[float]],
    work: Mapping[str, Mapping[int, float]],
    late: Sequence[float],
    emptied: float | None,
    logs: Path,
) -> dict[str, Any]:
    """Everything that is known, ready for JSON.

    Args:
        late: how much later than planned this process sent each text, in seconds.
        emptied: seconds from the last text to empty queues; None when they were not empty in time.
    """
    judged = verdicts(found)
    kept = all(not one.broken for one in judged) and emptied is not None and all(kill.back for kill in kills)
    begin = min((text.at for text in found.texted), default=0.0)
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9),
            "python": platform.python_version(),
        },
        "asked": dict(options),
        "kept": kept,
        "promises": [
            {"promise": one.promise, "broken": len(one.broken), "examples": list(one.broken[:EXAMPLES])}
            for one in judged
        ],
        "counts": figures.counts(found) | {"replies in danger that passed others": overtaking(found)},
        "seconds": figures.times(found, kills)
        | {"this process was late": figures.spread(late), "until the queues were empty": emptied},
        "kills": [
            {
                "program": kill.program,
                "after": round(kill.at - begin),
                "away": round(kill.back - kill.at, 1) if kill.back else None,
            }
            for kill in kills
        ],
        "processor_seconds": {name: round(sum(seen.values()), 1) for name, seen in work.items()},
        "memory_mb": {name: _memory(seen) for name, seen in memory.items()},
        "logged": _logged(logs),
    }


def shown(content: Mapping[str, Any], console: Console) -> None:
    """Prints the tables."""
    table = Table("promise", "broken", title="Kept" if content["kept"] else "Broken")
    for one in content["promises"]:
        table.add_row(one["promise"], str(one["broken"]) if one["broken"] else "–")
    console.print(table)
    table = Table("seconds", "count", "p50", "p95", "p99", "max")
    for name, seen in content["seconds"].items():
        if isinstance(seen, Mapping):
            table.add_row(name, *(str(seen[key]) for key in ("count", "p50", "p95", "p99", "max")))
    console.print(table)
    table = Table("count", "")
    for name, number in content["counts"].items():
        table.add_row(name, str(number))
    table.add_row("seconds until the queues were empty", str(content["seconds"]["until the queues were empty"]))
    for name, seen in content["memory_mb"].items():
        table.add_row(
            f"memory of {name}, MB (first, highest, last)", f"{seen['first']}, {seen['highest']}, {seen['last']}"
        )
    for name, seconds in content["processor_seconds"].items():
        table.add_row(f"processor time of {name}, seconds", str(seconds))
    for kill in content["kills"]:
        table.add_row(f"{kill['program']} killed after {kill['after']} s", f"away for {kill['away']} s")
    for name, number in content["logged"].items():
        table.add_row(f"logged: {name}", str(number))
    console.print(table)
    for one in content["promises"]:
        for example in one["examples"]:
            console.print(f"{one['promise']}: {example}", style="red", highlight=False)


def _memory(seen: Sequence[float]) -> dict[str, int]:
    return {"first": round(seen[0]), "highest": round(max(seen)), "last": round(seen[-1])}


def _logged(folder: Path) -> dict[str, int]:
    """Warnings and errors of the gateway, by what they say."""
    found: Counter[str] = Counter()
    for file in sorted(folder.glob("gateway*")):
        for line in file.read_text(errors="replace").splitlines():
            try:
                entry = json.loads(line[line.index("{") :])
            except ValueError:
                continue
            if entry.get("level") in ("warning", "error", "critical"):
                found[f"{entry['level']}: {entry.get('event')}"] += 1
    return dict(found.most_common())
