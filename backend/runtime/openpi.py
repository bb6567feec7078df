"""The message format of openpi's policy servers: msgpack with arrays as tagged maps, no pickle.

https://github.com/Physical-Intelligence/openpi: the server sends its metadata first, then answers every
observation with a map that holds `actions`.
"""

from typing import Any

import msgspec
import numpy as np

ARRAY, SCALAR = b"__ndarray__", b"__npgeneric__"
MOST_BYTES = 64 * 1024 * 1024


def _flat(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "VOc":
            raise ValueError(f"arrays of {value.dtype} cannot be sent; allowed: numbers, bool, text")
        return {ARRAY: True, b"data": value.tobytes(), b"dtype": value.dtype.str, b"shape": value.shape}
    if isinstance(value, np.generic):
        return {SCALAR: True, b"data": value.item(), b"dtype": value.dtype.str}
    if isinstance(value, dict):
        return {key: _flat(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_flat(each) for each in value]
    return value


def _full(value: Any) -> Any:
    if isinstance(value, dict):
        if ARRAY in value:
            return _array(value)
        if SCALAR in value:
            return _dtype(value[b"dtype"]).type(value[b"data"])
        return {key: _full(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_full(each) for each in value]
    return value


def _dtype(text: Any) -> np.dtype:
    dtype = np.dtype(text.decode() if isinstance(text, bytes) else text)
    if dtype.kind in "VOc":
        raise ValueError(f"arrays of {dtype} are refused; allowed: numbers, bool, text")
    return dtype


def _array(value: dict[Any, Any]) -> np.ndarray:
    return np.frombuffer(value[b"data"], _dtype(value[b"dtype"])).reshape(value[b"shape"])


def pack(message: dict[str, Any]) -> bytes:
    """Encode a message; raises ValueError for arrays that hold no numbers."""
    return msgspec.msgpack.encode(_flat(message))


def unpack(data: bytes) -> dict[str, Any]:
    """Decode a message.

    Raises:
        ValueError: it is no map, or its arrays are not what they say.
    """
    try:
        message = _full(msgspec.msgpack.decode(data))
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise ValueError(f"no message of openpi: {error}") from error
    if not isinstance(message, dict):
        raise ValueError(f"no message of openpi: a {type(message).__name__} instead of a map")
    return message
