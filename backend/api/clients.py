"""Everybody who is connected, and the pump that shows them the newest state."""

import asyncio

from backend.api.client import Client
from backend.api.live import Live
from backend.core.contracts.record import to_json

TELEMETRY_HZ = 30.0


class Clients:
    """The open WebSockets by client id."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._clients: dict[str, Client] = {}

    def __contains__(self, client_id: object) -> bool:
        return client_id in self._clients

    def name(self, client_id: str) -> str | None:
        """Return the display name of a connected client, None for anybody else."""
        client = self._clients.get(client_id)
        return client.name if client is not None else None

    def join(self, client: Client) -> None:
        """Begin to send telemetry to a client."""
        self._clients[client.id] = client

    def leave(self, client: Client) -> None:
        """Stop sending to a client."""
        self._clients.pop(client.id, None)

    async def run(self) -> None:
        """Read the bus and show it to every client, for ever; encoded once for all."""
        while True:
            self._live.refresh()
            if self._clients:
                telemetry = to_json(self._live.telemetry()).decode()
                for client in self._clients.values():
                    client.show(telemetry)
            await asyncio.sleep(1.0 / TELEMETRY_HZ)
