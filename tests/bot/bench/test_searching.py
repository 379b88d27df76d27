"""The bench of searches: what it measures, on a province of a few streets."""

from __future__ import annotations

from pathlib import Path

from bot.bench.searching import measured_search, table

LARGE_MB = 600


def test_the_bench_takes_a_province_in_and_times_every_kind_of_search(tmp_path: Path) -> None:
    said: list[str] = []
    ours = bytearray(LARGE_MB * 2**20)
    report = measured_search(tmp_path, 80, 10, None, said.append)
    assert report["import"]["rows"] > 80
    assert 20 < report["import"]["peak_mb"] < LARGE_MB == len(ours) / 2**20  # of the import, whatever else is held here
    timed = [*report["searches"].values(), report["all kinds"], report["50 at once"]]
    assert len(timed) == 9 and all(0 < one["p50"] <= one["p95"] for one in timed)
    assert "50 at once, all kinds" in table(report)
    assert said[0] == "Writing a province of 80 services …"
