"""Refuses what another website's page tries to do through the visitor's browser."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.errors import answer

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SameOrigin:
    """ASGI middleware: a WebSocket or a change must come from our own page.

    A browser always sends Origin with these; a program that sends none has no visitor to abuse. On a
    loopback address the Host must be loopback as well, so that a foreign name which is made to resolve
    to 127.0.0.1 gets nothing.

    Args:
        app: the app behind it.
        loopback_only: whether the server is bound to loopback.
    """

    def __init__(self, app: ASGIApp, loopback_only: bool) -> None:
        self._app = app
        self._loopback_only = loopback_only

    def _problem(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin", "")
        if self._loopback_only and urlsplit(f"//{host}").hostname not in LOOPBACK:
            return f"host {host!r} is not allowed; open http://127.0.0.1 or http://localhost"
        if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
            return ""
        if origin and urlsplit(origin).netloc != host:
            return f"origin {origin!r} is not allowed; only pages of {host} may do this"
        return ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 403."""
        if scope["type"] in ("http", "websocket") and (problem := self._problem(scope)):
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": problem[:120]})
            else:
                await answer(403, "foreign_origin", problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)
