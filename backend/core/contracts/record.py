"""Base of every message: a frozen struct whose arrays are read-only, and its codecs.

One definition serves the bus (msgpack), the raw episode and the browser (JSON) and the generated
TypeScript types, so that they cannot disagree.
"""

from typing import Any

import msgspec
import numpy as np

Array = np.ndarray
"""Float64 array. Its shape, unit and frame stand in the name and comment of the field."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen message; arrays become read-only float64 when it is built."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                if value.dtype != np.float64:
                    value = value.astype(np.float64)
                elif value.flags.writeable:
                    value = value.copy()
                else:
                    continue
                value.setflags(write=False)
                msgspec.structs.force_setattr(self, name, value)


def _enc_hook(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(f"cannot encode {type(value).__name__}")


def _dec_hook(kind: type, value: Any) -> Any:
    if kind is np.ndarray:
        array = np.asarray(value, dtype=np.float64)
        array.setflags(write=False)
        return array
    raise NotImplementedError(f"cannot decode {kind!r}")


def _schema_hook(kind: type) -> dict[str, Any]:
    if kind is np.ndarray:
        return {"type": "array", "items": {"type": "number"}}
    raise NotImplementedError(f"no schema for {kind!r}")


_msgpack_encoder = msgspec.msgpack.Encoder(enc_hook=_enc_hook)
_json_encoder = msgspec.json.Encoder(enc_hook=_enc_hook)


def to_msgpack(record: Any) -> bytes:
    """Encode a record for the bus."""
    return _msgpack_encoder.encode(record)


def to_json(record: Any) -> bytes:
    """Encode a record for the browser or the raw episode; non-finite numbers become null."""
    return _json_encoder.encode(record)


def msgpack_decoder(kind: Any) -> msgspec.msgpack.Decoder:
    """Return a validating msgpack decoder of `kind`; it raises msgspec.ValidationError."""
    return msgspec.msgpack.Decoder(kind, dec_hook=_dec_hook)


def json_decoder(kind: Any) -> msgspec.json.Decoder:
    """Return a validating JSON decoder of `kind`; it raises msgspec.ValidationError."""
    return msgspec.json.Decoder(kind, dec_hook=_dec_hook)


def json_schemas(kinds: list[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return JSON schemas of `kinds` and their shared components, for TypeScript and MCAP."""
    refs, components = msgspec.json.schema_components(
        kinds, schema_hook=_schema_hook, ref_template="#/$defs/{name}"
    )
    return list(refs), components
