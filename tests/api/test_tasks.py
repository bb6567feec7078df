import uuid

import pytest

from tests.api.house import House

TASK = {"name": "Lift", "instruction": "lift the box", "goal": 40}


async def create(house: House, **changes: object) -> dict:
    reply = await house.http.post("/api/tasks", json=TASK | changes)
    assert reply.status_code == 201, reply.text
    return reply.json()


async def test_a_task_lives_from_creation_to_removal(house: House):
    task = await create(house)
    assert task["counts"] == {"new": 0, "interrupted": 0, "accepted": 0, "rejected": 0}
    assert task["created_at"].endswith("Z")
    changed = await house.http.patch(f"/api/tasks/{task['id']}", json={"goal": 7, "archived": True})
    assert (changed.json()["goal"], changed.json()["name"]) == (7, "Lift")
    assert (await house.http.get("/api/tasks")).json() == []
    assert len((await house.http.get("/api/tasks?archived=true")).json()) == 1
    assert (await house.http.delete(f"/api/tasks/{task['id']}")).status_code == 204
    assert (await house.http.get("/api/tasks?archived=true")).json() == []


async def test_names_are_unique_on_creation_and_on_change(house: House):
    await create(house)
    other = await create(house, name="Push")
    twice = await house.http.post("/api/tasks", json=TASK)
    assert twice.status_code == 409
    assert twice.json() == {
        "code": "name_taken",
        "text": "a task named 'Lift' exists; choose another name",
    }
    assert (await house.http.patch(f"/api/tasks/{other['id']}", json={"name": "Lift"})).status_code == 409
    names = [task["name"] for task in (await house.http.get("/api/tasks")).json()]
    assert names == ["Lift", "Push"]


@pytest.mark.parametrize("method", ["patch", "delete"])
async def test_an_unknown_task_is_404(house: House, method: str):
    body = {"json": {"goal": 1}} if method == "patch" else {}
    reply = await getattr(house.http, method)(f"/api/tasks/{uuid.uuid4()}", **body)
    assert reply.status_code == 404
    assert reply.json()["code"] == "no_task"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "instruction": "x"}, "name"),
        ({"name": "a"}, "instruction"),
        ({"name": "a", "instruction": "x", "goal": -1}, "goal"),
        ({"name": "a", "instruction": "x", "colour": "red"}, "colour"),
        ({"name": "a" * 121, "instruction": "x"}, "name"),
    ],
)
async def test_bad_bodies_name_the_field(sqlite_house: House, body: dict, field: str):
    reply = await sqlite_house.http.post("/api/tasks", json=body)
    assert reply.status_code == 422
    assert reply.json()["code"] == "invalid"
    assert f"body.{field}" in reply.json()["text"]


async def test_text_that_is_not_json_is_422(sqlite_house: House):
    reply = await sqlite_house.http.post(
        "/api/tasks", content=b"{nope", headers={"content-type": "application/json"}
    )
    assert reply.status_code == 422
    assert reply.json()["code"] == "invalid"
