"""What LeRobot's policies can be told, asked of LeRobot itself."""

import asyncio

import pytest

from backend.settings import Settings
from tests.jobs.house import opened


# It imports lerobot, which takes long on a busy machine.
@pytest.mark.timeout(600)
async def test_one_process_tells_everybody_who_asks(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    started = []
    start = asyncio.create_subprocess_exec

    async def counted(*command, **options):
        started.append(command)
        return await start(*command, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)
    async with opened(settings) as house:
        asked = [house.http.get(f"/api/training/policy-types{rest}") for rest in ("", "/act/schema")]
        types, schema = await asyncio.gather(*asked)
        assert {"act", "diffusion"} <= {item["name"] for item in types.json()}
        assert schema.json()["properties"]["chunk_size"]["type"] == "integer"
        unknown = await house.http.get("/api/training/policy-types/nonsense/schema")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "no_policy_type")
    assert len(started) == 1
