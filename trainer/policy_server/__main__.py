"""`python -m trainer.policy_server --checkpoint DIR --port N --token-file F`: serve one policy."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import structlog

from backend import catalog
from backend.runtime import logging
from backend.settings import settings
from trainer.policies.served import PolicyRefused
from trainer.policy_server.server import PolicyServer


async def serve(policy: object, token: str, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    server = PolicyServer(policy, token)
    listening = await server.listen(host, port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    address = listening.sockets[0].getsockname()
    print(f"serving {policy.hello.policy} on ws://{address[0]}:{address[1]}", flush=True)
    await stop.wait()
    listening.close()
    await listening.wait_closed()
    server.close()


def main() -> int:
    """Load the policy, warm it up and serve it; returns 2 when it is refused."""
    parser = argparse.ArgumentParser(prog="python -m trainer.policy_server", description=__doc__)
    parser.add_argument(
        "--policy", default="lerobot", choices=sorted(catalog.POLICIES), help="kind of policy"
    )
    parser.add_argument(
        "--checkpoint", type=Path, default=Path(), help="checkpoint of lerobot, episode of replay"
    )
    parser.add_argument("--host", default="127.0.0.1", help="other than loopback only on a trusted network")
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    parser.add_argument("--token-file", type=Path, required=True, help="file that holds the bearer token")
    options = parser.parse_args()
    logging.configure()
    try:
        token = options.token_file.read_text().strip()
        spec = catalog.load(catalog.ROBOTS, settings().robot).spec
        policy = catalog.load(catalog.POLICIES, options.policy)(options.checkpoint, spec)
        structlog.get_logger("policy_server").info("loaded", policy=policy.hello.policy)
        asyncio.run(serve(policy, token, options.host, options.port))
    except (PolicyRefused, OSError, ValueError) as error:
        print(f"cannot serve: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
