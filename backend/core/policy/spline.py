"""Actions at the policy's rate become a smooth motion at the rate of control."""

from collections import deque

from backend.core.contracts.record import Array

KEPT = 8


class KnotSpline:
    """A quadratic B-spline: its velocity has no steps, and only three neighbouring knots shape it.

    The curve around knot k goes from the middle between k-1 and k to the middle between k and k+1. It
    needs knot k+1 half a period before that is due, which is why knots are sent ahead.
    """

    def __init__(self) -> None:
        self._knots: deque[tuple[int, Array]] = deque(maxlen=KEPT)

    def add(self, due_ns: int, knot: Array) -> None:
        """Append a knot; one that is not later than the last is left out."""
        if not self._knots or due_ns > self._knots[-1][0]:
            self._knots.append((due_ns, knot))

    def clear(self) -> None:
        """Forget every knot."""
        self._knots.clear()

    def at(self, t_ns: int) -> Array | None:
        """Return the point of the curve at `t_ns`, or None before the first and after the last knot."""
        knots = list(self._knots)
        if not knots or not knots[0][0] <= t_ns <= knots[-1][0]:
            return None
        # The knot whose neighbourhood, up to the middles between it and its neighbours, contains t.
        k = min(range(len(knots)), key=lambda i: abs(knots[i][0] - t_ns))
        t_k, knot = knots[k]
        t_before, before = knots[max(k - 1, 0)]
        t_after, after = knots[min(k + 1, len(knots) - 1)]
        begin_ns, end_ns = (t_before + t_k) / 2, (t_k + t_after) / 2
        if begin_ns == end_ns:
            return knot
        u = (t_ns - begin_ns) / (end_ns - begin_ns)
        start, end = (before + knot) / 2, (knot + after) / 2
        return (1 - u) ** 2 * start + 2 * u * (1 - u) * knot + u**2 * end
