"""JSON schemas of LeRobot's policy configs, on stdout: `python -m trainer.training.schema`.

Fields, types, defaults and docs come from the config classes themselves, so that a new version of LeRobot
brings its new fields along.
"""

import dataclasses
import functools
import inspect
import json
import logging
import re
import sys
from typing import Any, get_type_hints

import draccus
from pydantic import TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

OURS = frozenset(
    {
        *("input_features", "output_features", "device", "use_peft", "pretrained_revision"),
        *("push_to_hub", "repo_id", "private", "tags", "license"),
    }
)
"""Fields that the job sets, or that make no sense here."""


def policy_schema(kind: type) -> dict[str, Any]:
    """Return the schema of one config class."""
    hints = get_type_hints(kind)
    defaults = draccus.encode(kind(device="cpu"))
    docs = _argument_docs(kind)
    properties = {}
    for field in dataclasses.fields(kind):
        if field.init and field.name not in OURS and not field.name.startswith("_"):
            properties[field.name] = {
                **_type_schema(hints[field.name]),
                "default": defaults.get(field.name),
                "description": docs.get(field.name) or _comment(kind, field.name),
            }
    first = (inspect.getdoc(kind) or kind.__name__).strip().splitlines()[0]
    return {
        "title": kind.__name__.removesuffix("Config"),
        "description": first,
        "type": "object",
        "properties": properties,
    }


def _type_schema(hint: Any) -> dict[str, Any]:
    try:
        return TypeAdapter(hint).json_schema()
    except (PydanticSchemaGenerationError, PydanticUserError):
        return {"type": "object"}


def _comment(kind: type, name: str) -> str:
    """Return the comment at a field's definition, whichever class that is in."""
    owners = (owner for owner in kind.__mro__ if name in vars(owner).get("__annotations__", {}))
    return _comments(next(owners)).get(name, "")


@functools.cache
def _comments(owner: type) -> dict[str, str]:
    """Return the comments above and beside every field that a class defines."""
    docs: dict[str, str] = {}
    above: list[str] = []
    for line in inspect.getsource(owner).splitlines():
        if comment := re.match(r"^    # ?(.*)", line):
            above.append(comment[1].strip())
            continue
        if field := re.match(r"^    (\w+)\s*:[^#]*(?:# ?(.*))?$", line):
            docs[field[1]] = " ".join([*above, (field[2] or "").strip()]).strip()
        above = []
    return docs


def _argument_docs(kind: type) -> dict[str, str]:
    """Return what the `Args:` section of the class docstring says about each field."""
    docs: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        text = inspect.cleandoc(vars(owner).get("__doc__") or "")
        _, _, section = text.partition("Args:\n")
        for name, words in re.findall(
            r"^ {4}(\w+)(?: \([^)]*\))?: (.*(?:\n {5,}.*)*)", section, re.MULTILINE
        ):
            docs[name] = " ".join(words.split())
    return docs


def main() -> int:
    """Print the schemas by policy type; a config that cannot be made without arguments is left out."""
    logging.disable(logging.WARNING)
    import lerobot.policies  # noqa: F401 (its import registers every policy type)
    from lerobot.configs import PreTrainedConfig

    schemas = {}
    for name, kind in sorted(PreTrainedConfig.get_known_choices().items()):
        try:
            schemas[name] = policy_schema(kind)
        except (TypeError, ValueError, ImportError) as error:
            print(f"{name}: {error}", file=sys.stderr)
    json.dump(schemas, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
