"""A stand-in for a server: answers 200 on its port, and writes down when it starts and ends.

    python fake_program.py NAME PORT DIARY [stubborn] [silent] [broken] [family]

stubborn ignores TERM; silent never answers; broken ends at once with a message; family has a child.
"""

from __future__ import annotations

import http.server
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path


def main(name: str, port: str, diary: str, *habits: str) -> None:
    def note(event: str) -> None:
        with Path(diary).open("a") as file:
            file.write(f"{name} {event} {os.getpid()}\n")

    class Well(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    def end(*_: object) -> None:
        note("ended")
        os._exit(0)

    signal.signal(signal.SIGTERM, signal.SIG_IGN if "stubborn" in habits else end)
    note("started")
    print(f"{name} speaks")
    if "broken" in habits:
        sys.exit("the model is broken")
    if "family" in habits:
        child = subprocess.Popen(["sleep", "300"])
        note(f"child {child.pid}")
    if "silent" in habits:
        threading.Event().wait()
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Well).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
