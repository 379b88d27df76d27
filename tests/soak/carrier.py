"""The fake carrier of a soak, a process of its own: `tests.peers.rest` with a quicker client for its callbacks."""

from __future__ import annotations

import argparse

import uvicorn

from tests.peers.carrier import ACCOUNT, TOKEN, Carrier, Chances
from tests.peers.rest import routes
from tests.soak.posting import Quick


def main() -> None:
    reads = argparse.ArgumentParser(description=__doc__)
    reads.add_argument("--port", type=int, required=True)
    reads.add_argument("--seed", type=int, default=1)
    for name in ("refused", "lost", "duplicates", "reordered"):
        reads.add_argument(f"--{name}", type=float, default=0.0, metavar="CHANCE")
    given = reads.parse_args()
    carrier = Carrier(
        account=ACCOUNT,
        token=TOKEN,
        product=Quick(TOKEN),
        chances=Chances(given.refused, given.lost, given.duplicates, given.reordered),
        seed=given.seed,
    )
    uvicorn.run(routes(carrier, alive=True), host="127.0.0.1", port=given.port, log_config=None)


if __name__ == "__main__":
    main()
