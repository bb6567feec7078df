"""House rules that import contracts cannot express, checked on the syntax tree."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path for folder in ("backend", "devices", "trainer") for path in (ROOT / folder).rglob("*.py")
)
CORE = [path for path in SOURCES if (ROOT / "backend/core") in path.parents]
CLOCKS = {"time", "asyncio"}


def _imports(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def _calls(tree: ast.AST, name: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) == name or getattr(node.func, "attr", None) == name)
    ]


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_the_rules_can_fail():
    tree = ast.parse("import time\nfrom x import y\nz = contracts.Command(t_ns=1)")
    assert _imports(tree) & CLOCKS == {"time"}
    assert _calls(tree, "Command") == [3]


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_clock_module_of_the_core_reads_time(path: Path):
    if path.name != "clock.py":
        assert not _imports(_parse(path)) & CLOCKS


def test_only_safety_builds_a_command():
    builders = {str(path.relative_to(ROOT)) for path in SOURCES if _calls(_parse(path), "Command")}
    assert builders, "nobody builds a Command: this check looks for the wrong name"
    assert all(path.startswith("backend/core/safety") for path in builders), builders


def test_no_code_asks_for_a_device_by_name():
    """`if name == "sim_g1"` belongs in a class behind the catalogue."""
    from backend import catalog

    names = {
        name
        for table in (catalog.ROBOTS, catalog.SCENES, catalog.LOCOMOTION, catalog.CAMERAS)
        for name in table
        if name != "sim"
    }
    offenders = []
    for path in SOURCES:
        for node in ast.walk(_parse(path)):
            if isinstance(node, ast.Compare):
                constants = [
                    side.value for side in (node.left, *node.comparators) if isinstance(side, ast.Constant)
                ]
                if names & {value for value in constants if isinstance(value, str)}:
                    offenders.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not offenders


def test_no_pickle_and_no_shell_strings():
    for path in SOURCES:
        tree = _parse(path)
        assert "pickle" not in _imports(tree), path
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "shell":
                assert isinstance(node.value, ast.Constant), path
                assert node.value.value is False, path


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_outgrows_one_owner(path: Path):
    assert len(path.read_text().splitlines()) <= 300
