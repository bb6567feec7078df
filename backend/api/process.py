"""The api process: HTTP, WebSocket, database and the built frontend."""

import errno
import gc
import socket
import sys

import structlog
import uvicorn
from fastapi import FastAPI

from backend.api.app import create_app
from backend.api.priority import prefer_this_thread
from backend.api.same_origin import LOOPBACK
from backend.runtime.logging import configure
from backend.settings import Settings, settings

log = structlog.get_logger()

MAX_MESSAGE_BYTES = 64 * 1024
"""The largest WebSocket message a browser may send; an input frame is below 1 kB."""

UNSENT_BYTES = 16 * 1024
"""What may wait in the kernel for a client's link; about two telemetry messages."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        SystemExit: the port is taken or the address is not one of this machine; says what to change.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Inherited by every connection: the kernel would keep megabytes of old telemetry for a slow reader.
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    try:
        server.bind((host, port))
    except OSError as error:
        server.close()
        if error.errno == errno.EADDRINUSE:
            raise SystemExit(f"port {port} is in use; stop what uses it or set BUNRAKU_PORT") from error
        raise SystemExit(f"cannot listen on {host}:{port}: {error.strerror}; set BUNRAKU_HOST") from error
    server.listen(128)
    return server


def check_host(config: Settings) -> None:
    """Refuse to serve other machines by accident.

    Raises:
        SystemExit: the address is not loopback and BUNRAKU_ALLOW_REMOTE is not set.
    """
    if config.host not in LOOPBACK and not config.allow_remote:
        raise SystemExit(
            f"BUNRAKU_HOST={config.host} lets every machine that reaches it move the robot, and there is no "
            "login yet; use 127.0.0.1 with an SSH tunnel, or set BUNRAKU_ALLOW_REMOTE=1 on a trusted network"
        )


def server_config(app: FastAPI) -> uvicorn.Config:
    """Return how the app is served."""
    return uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE_BYTES,
        # Packing 10 kB thirty times a second costs more than sending it.
        ws_per_message_deflate=False,
        ws_ping_interval=2.0,
        ws_ping_timeout=4.0,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )


def main() -> None:
    """Serve until SIGTERM."""
    configure()
    config = settings()
    check_host(config)
    server = listen(config.host, config.port)
    log.info("serving", host=config.host, port=config.port, priority=prefer_this_thread())
    # An input frame must not wait long for a thread that prepares somebody's plot.
    sys.setswitchinterval(0.001)
    app = create_app(config)
    gc.freeze()
    uvicorn.Server(server_config(app)).run(sockets=[server])


if __name__ == "__main__":
    main()
