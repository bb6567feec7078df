"""Notices streams that stop and come back."""

from backend.core.contracts.recording import EpisodeEvent
from backend.recording.sample_writer import STATE, TICK, WORLD, camera_topic, in_words

LOST_NS = 500_000_000
"""Silence after which a stream counts as lost; the slowest one has 15 Hz."""


class StreamWatch:
    """Remembers when each expected stream last arrived."""

    def __init__(self, cameras: tuple[str, ...], now_ns: int) -> None:
        topics = (TICK, STATE, WORLD, *(camera_topic(camera) for camera in cameras))
        self._arrived_ns = dict.fromkeys(topics, now_ns)
        self._lost: set[str] = set()

    def arrived(self, topic: str, now_ns: int) -> None:
        """Note that a message of `topic` is here; a stream nobody expected is watched from now on."""
        self._arrived_ns[topic] = now_ns

    def age_ms(self, now_ns: int) -> dict[str, float]:
        """Return the time since the last message of every stream, by topic."""
        return {topic: (now_ns - arrived) / 1e6 for topic, arrived in self._arrived_ns.items()}

    def check(self, now_ns: int) -> list[EpisodeEvent]:
        """Return what was lost or came back since the last check."""
        events = []
        for topic, arrived_ns in self._arrived_ns.items():
            lost = now_ns - arrived_ns > LOST_NS
            if lost == (topic in self._lost):
                continue
            (self._lost.add if lost else self._lost.discard)(topic)
            kind, word = ("stream_lost", "stopped") if lost else ("stream_back", "is back")
            events.append(EpisodeEvent(t_ns=now_ns, kind=kind, text=f"{in_words(topic)} {word}"))
        return events

    def warning(self, now_ns: int) -> str:
        """Say which streams are silent; empty when none is."""
        silent = [
            f"{in_words(topic)} ({(now_ns - self._arrived_ns[topic]) / 1e9:.1f} s)"
            for topic in sorted(self._lost)
        ]
        return f"nothing arrives from {', '.join(silent)}" if silent else ""
