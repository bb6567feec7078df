"""What a browser that is old, broken or hostile gets: a clear answer, and nothing else happens."""

import json

import pytest
import websockets

from backend.api.process import MAX_MESSAGE_BYTES
from backend.core.contracts.wire import PROTOCOL
from backend.runtime.bus import AsyncSubscription
from tests.api.site import HELLO, Site, connected, refusal


async def test_an_old_page_is_told_to_reload(site: Site):
    async with site.connect() as connection:
        await connection.send(json.dumps(HELLO | {"protocol": PROTOCOL - 1}))
        error, code = await refusal(connection)
    assert (error["code"], error["fatal"], code) == ("protocol", True, 1002)
    assert "reload" in error["text"]


@pytest.mark.parametrize(
    "first",
    [
        '{"type":"ping","client_t_ms":1}',
        "{nope",
        "[]",
        json.dumps(HELLO | {"name": " "}),
        json.dumps(HELLO | {"name": "x" * 61}),
        json.dumps(HELLO | {"name": "a\nb"}),
    ],
)
async def test_whoever_does_not_say_hello_is_refused(site: Site, first: str):
    async with site.connect() as connection:
        await connection.send(first)
        error, code = await refusal(connection)
    assert (error["fatal"], code) == (True, 1002)
    assert error["text"]


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("{nope", "malformed"),
        ('{"type":"dance"}', "Invalid value 'dance'"),
        ("42", "Expected `object`"),
        ("\x00", "malformed"),
        ('{"type":"input","source":"keyboard","seq":1}', "missing required field `source_t_ns`"),
        (
            '{"type":"input","source":"keyboard","seq":1,"source_t_ns":1,"base_velocity":[NaN,0,0]}',
            "JSON is malformed",
        ),
        (
            '{"type":"input","source":"keyboard","seq":1,"source_t_ns":1,"base_velocity":[null,0,0]}',
            "base_velocity must be finite",
        ),
        ('{"type":"input","source":"keyboard","seq":1,"source_t_ns":1,"left":{"pose":[1,2]}}', "7 numbers"),
        (
            '{"type":"input","source":"keyboard","seq":1,"source_t_ns":1,"left":{"grip":"hard"}}',
            "Expected `float | null`",
        ),
        (json.dumps(HELLO), "hello was said already"),
    ],
)
async def test_a_bad_message_is_named_and_the_connection_lives(
    site: Site, frames: AsyncSubscription, message: str, says: str
):
    async with site.operator() as ann:
        await ann.connection.send(message)
        error = await ann.next("error")
        assert says in error["text"]
        assert error["fatal"] is False
        assert await connected(ann, frames)


async def test_twenty_bad_messages_in_a_row_end_the_connection(site: Site):
    async with site.operator() as ann:
        for _ in range(19):
            await ann.connection.send("{nope")
        await ann.send(type="ping", client_t_ms=1)
        await ann.next("pong")
        for _ in range(20):
            await ann.connection.send("{nope")
        while not (error := await ann.next("error"))["fatal"]:
            pass
        await ann.connection.wait_closed()
        assert (error["code"], ann.connection.close_code) == ("too_many", 1008)


async def test_a_message_that_is_too_large_ends_the_connection(site: Site):
    async with site.operator() as ann:
        await ann.connection.send("x" * (MAX_MESSAGE_BYTES + 1))
        with pytest.raises(websockets.ConnectionClosed):
            await ann.next("error")
        assert ann.connection.close_code == 1009


async def test_a_page_of_another_site_gets_no_connection(site: Site):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with site.connect(origin="http://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    async with site.connect(origin=f"http://127.0.0.1:{site.port}") as connection:
        await connection.send(json.dumps(HELLO))
        assert json.loads(await connection.recv())["type"] == "welcome"


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("dance", {}, "allowed: lease.take"),
        ("record.start", {}, "choose a task first"),
        ("record.start", {"task": "11111111-1111-4111-8111-111111111111"}, "GET /api/tasks"),
        ("record.start", {"task": "11111111-1111-4111-8111-111111111111", "countdown_s": 99}, "0 and 30"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused(site: Site, kind: str, fields: dict, says: str):
    async with site.operator() as ann:
        reply = await ann.ask(kind, **fields)
        assert reply["ok"] is False
        assert says in reply["error"]
