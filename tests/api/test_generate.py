"""The frontend's types are those of the backend, and a stale file is noticed."""

import shutil
from pathlib import Path

import pytest

from backend.api import generate
from backend.api.typescript import declaration, messages_module, type_of


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh")
    generate.generate(folder)
    return folder


def test_the_committed_types_are_fresh(fresh: Path):
    assert {path.name for path in fresh.iterdir()} == {"messages.gen.ts", "openapi.json", "schema.gen.ts"}
    assert generate.stale_files(fresh, generate.TARGET) == []


def test_a_stale_or_missing_file_is_named(fresh: Path, tmp_path: Path):
    committed = shutil.copytree(fresh, tmp_path / "committed")
    assert generate.stale_files(fresh, committed) == []
    (committed / "messages.gen.ts").write_text("export type Old = never;\n")
    (committed / "openapi.json").unlink()
    assert generate.stale_files(fresh, committed) == ["messages.gen.ts", "openapi.json"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "number"),
        ({"type": "array", "items": {"type": "number"}}, "number[]"),
        ({"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "null"}]}}, "(number | null)[]"),
        ({"type": "array", "prefixItems": [{"type": "boolean"}] * 2, "items": False}, "[boolean, boolean]"),
        ({"enum": ["a", "b"]}, '"a" | "b"'),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "Record<string, string>"),
        ({"$ref": "#/$defs/Hello"}, "Hello"),
    ],
)
def test_types(schema: dict, expected: str):
    assert type_of(schema) == expected


def test_an_unknown_schema_is_an_error_not_any():
    with pytest.raises(ValueError, match="no TypeScript"):
        type_of({"type": "object"})


def test_only_the_client_may_leave_fields_out():
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]}
    assert "  b?: string;" in declaration("X", schema, sent_by_client=True)
    assert "  b: string;" in declaration("X", schema, sent_by_client=False)
    module = messages_module()
    assert "seq: number;" in module
    assert "export type ServerMessage = Welcome | Telemetry | RequestReply | Pong | WireError;" in module
