"""What pieces may ask to be written down about follow-ups and evaluations ({"do": …})."""

from __future__ import annotations

KINDS = ("follow_up", "follow_up_stop", "follow_up_result", "evaluation")
