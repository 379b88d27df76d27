"""Ports: whether one can be listened on, and free ones for the inner servers. Standard library only."""

from __future__ import annotations

import errno
import random
import socket

# Below the range from which Linux, macOS and Windows take the ports of outgoing connections, so that a
# port found free now is still free when a server that is restarted hours later wants it again.
_FIRST, _LAST = 15000, 30000


def port_problem(host: str, port: int) -> str | None:
    """Why nothing can listen on host and port, as a sentence that says what to do; None when it can."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return f"this machine does not know the address {host}: give one of its own with --host."
    family, kind, protocol, _, address = addresses[0]
    with socket.socket(family, kind, protocol) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(address)
            attempt.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return (
                    f"port {port} on {host} is in use: stop what uses it, "
                    f"or choose another port, for example bin/up --port {min(port + 1, 65535)}."
                )
            if error.errno == errno.EACCES:
                return f"port {port} is reserved for the system: choose one above 1023, for example --port 8000."
            if error.errno == errno.EADDRNOTAVAIL:
                return f"{host} is not an address of this machine: give one of its own with --host."
            return f"port {port} on {host} cannot be used ({error.strerror}): choose another with --port."
    return None


def free_port(host: str = "127.0.0.1", taken: tuple[int, ...] = ()) -> int:
    """A port on host that is free now and is not among `taken`."""
    for _ in range(200):
        port = random.randint(_FIRST, _LAST)
        if port not in taken and port_problem(host, port) is None:
            return port
    raise OSError(errno.EADDRINUSE, "no free port found")
