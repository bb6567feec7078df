"""Work that is done in advance, so that decoding and what is done with the pictures overlap."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_END: Any = object()


def ahead[Item](items: Iterator[Item], depth: int) -> Iterator[Item]:
    """Yield `items` in their order; a thread of its own makes up to `depth` of them in advance.

    What making them raises is raised here, in its turn.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = deque(pool.submit(next, items, _END) for _ in range(depth))
        while (item := coming.popleft().result()) is not _END:
            coming.append(pool.submit(next, items, _END))
            yield item
