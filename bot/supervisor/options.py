"""The command line of bin/up. Plain standard library: it is read before anything is installed."""

from __future__ import annotations

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """What bin/up was asked for.

    Arguments:
        host: address that the gateway listens on.
        port: TCP port of the gateway; 0 takes any free one.
        sample: whether the fictional sample directory is loaded.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    sample: bool = True

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the gateway."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        return f"http://{host}:{self.port}"


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")
    return int(text)


def parse(arguments: list[str]) -> Options:
    """Reads the arguments of bin/up; ends the process with 2 on a mistake and with 0 after --help."""
    parser = argparse.ArgumentParser(
        prog="bin/up",
        description="Starts Porchlight (web chat, Rasa server, action server) and runs it until Ctrl-C.",
    )
    parser.add_argument("--host", default=Options.host, help="address to listen on (default %(default)s)")
    parser.add_argument(
        "--port", type=_port, default=Options.port, help="port to listen on, 0 for any (default %(default)s)"
    )
    sample = parser.add_mutually_exclusive_group()
    sample.add_argument(
        "--sample", dest="sample", action="store_true", help="load the fictional sample services (default)"
    )
    sample.add_argument(
        "--no-sample",
        dest="sample",
        action="store_false",
        help="leave the sample services out, or take them out",
    )
    parser.set_defaults(sample=True)
    given = parser.parse_args(arguments)
    return Options(host=given.host, port=given.port, sample=given.sample)
