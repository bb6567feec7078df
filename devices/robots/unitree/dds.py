"""Topics of a DDS domain, read and written without waiting.

By default nothing leaves this machine: the interface is the loopback, the domain 1, which is the convention
of Unitree's simulators. A robot is in domain 0 on the network interface that its cable is plugged into.
"""

import socket
from typing import Any

from cyclonedds.core import DDSException, Policy, Qos
from cyclonedds.domain import Domain, DomainParticipant
from cyclonedds.pub import DataWriter
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic

LOOPBACK = "lo"
PROGRAMS_ON_LOOPBACK = 32
"""How many programs may share the loopback; without multicast each is asked for by its port."""

_LOOPBACK_XML = f"""<CycloneDDS><Domain Id="any"><General>
<Interfaces><NetworkInterface name="{LOOPBACK}"/></Interfaces><AllowMulticast>false</AllowMulticast>
</General><Discovery><ParticipantIndex>auto</ParticipantIndex>
<MaxAutoParticipantIndex>{PROGRAMS_ON_LOOPBACK}</MaxAutoParticipantIndex>
<Peers><Peer address="127.0.0.1"/></Peers></Discovery></Domain></CycloneDDS>"""
_INTERFACE_XML = """<CycloneDDS><Domain Id="any"><General>
<Interfaces><NetworkInterface name="{interface}"/></Interfaces>
</General></Domain></CycloneDDS>"""

_domains: dict[int, tuple[str, Domain]] = {}
"""The domains of this process: DDS configures each once."""


class Reader:
    """Reads one topic. Never blocks."""

    def __init__(self, reader: DataReader, depth: int) -> None:
        self._reader = reader
        self._depth = depth
        self.refused = 0
        """Samples that were not of the topic's type."""

    def take(self) -> list[Any]:
        """Return what has arrived since the last call, oldest first, and at most `depth` of it."""
        try:
            samples = self._reader.take(self._depth)
        except (DDSException, ValueError):
            self.refused += 1
            return []
        return [sample for sample in samples if sample.sample_info.valid_data]

    def newest(self) -> Any | None:
        """Return the newest sample that has arrived since the last call, or None."""
        samples = self.take()
        return samples[-1] if samples else None


class Writer:
    """Writes one topic. Never blocks."""

    def __init__(self, writer: DataWriter) -> None:
        self._writer = writer
        self.dropped = 0
        """Samples that could not be handed to the network."""

    def write(self, sample: Any) -> None:
        """Send a sample."""
        try:
            self._writer.write(sample)
        except DDSException:
            self.dropped += 1


class Link:
    """A participant in one domain on one interface.

    Args:
        interface: Name of a network interface of this machine, `lo` for the loopback.
        domain: 0 on a robot, 1 in simulation by convention.

    Raises:
        ConnectionError: The interface is not there, or the domain was opened on another one.
    """

    def __init__(self, interface: str, domain: int) -> None:
        names = [name for _, name in socket.if_nameindex()]
        if interface not in names:
            raise ConnectionError(
                f"there is no network interface {interface!r}; "
                f"BUNRAKU_DDS_INTERFACE may be {', '.join(names)}"
            )
        if domain not in _domains:
            xml = _LOOPBACK_XML if interface == LOOPBACK else _INTERFACE_XML.format(interface=interface)
            try:
                _domains[domain] = interface, Domain(domain, xml)
            except DDSException as error:
                raise ConnectionError(f"cannot open DDS domain {domain} on {interface}: {error}") from error
        if _domains[domain][0] != interface:
            raise ConnectionError(f"this process has domain {domain} open on {_domains[domain][0]} already")
        self._participant = DomainParticipant(domain)
        self._topics: dict[str, Topic] = {}

    def _topic(self, name: str, kind: type) -> Topic:
        if name not in self._topics:
            self._topics[name] = Topic(self._participant, name, kind)
        return self._topics[name]

    def reader(self, name: str, kind: type, depth: int = 1) -> Reader:
        """Read `name`, keeping the newest `depth` samples; best effort, as the robot's own programs do."""
        qos = Qos(Policy.History.KeepLast(depth), Policy.Reliability.BestEffort)
        return Reader(DataReader(self._participant, self._topic(name, kind), qos), depth)

    def writer(self, name: str, kind: type, depth: int = 1) -> Writer:
        """Write `name`; a slow reader misses samples."""
        qos = Qos(Policy.History.KeepLast(depth), Policy.Reliability.Reliable(0))
        return Writer(DataWriter(self._participant, self._topic(name, kind), qos))
