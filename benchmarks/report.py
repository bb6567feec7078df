"""What every benchmark prints: a small table for people, then one line of JSON for machines."""

import json
from collections.abc import Mapping, Sequence


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def report(name: str, rows: Sequence[Mapping[str, object]], **keys: object) -> None:
    """Print `rows` as a table and `keys` as the last line.

    Args:
        name: Name of the benchmark; it heads the table and stands in the JSON as `benchmark`.
        rows: Rows of the table; the columns are the union of their keys in order of appearance.
        **keys: Figures of the JSON line, with their unit in the key (`p99_ms`).
    """
    columns = list(dict.fromkeys(key for row in rows for key in row))
    table = [columns, *([_text(row.get(column, "")) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(columns))]
    print(name)
    for line in table:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(json.dumps({"benchmark": name, **keys}, default=float), flush=True)
