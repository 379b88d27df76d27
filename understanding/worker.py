"""Parses without a server: JSON lines in, JSON lines out, with the model that the server would load.

python -m understanding.worker MODEL     one line {"text", "metadata"} → one line, see channel.summary
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")


def main(model: str) -> None:
    """Answers each line of standard input until it ends. The first line out says that the model is loaded."""
    # Libraries that print would break the lines.
    out, sys.stdout = sys.stdout, sys.stderr
    logging.disable(logging.WARNING)
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    from understanding.channel import summary

    agent = Agent.load(model)
    loop = asyncio.new_event_loop()

    def say(content: Any) -> None:
        out.write(json.dumps(content, ensure_ascii=False) + "\n")
        out.flush()

    say({"ready": True})
    for line in sys.stdin:
        item = json.loads(line)
        message = UserMessage(item["text"], metadata=item.get("metadata"))
        say(summary(loop.run_until_complete(agent.processor.parse_message(message))))


if __name__ == "__main__":
    main(sys.argv[1])
