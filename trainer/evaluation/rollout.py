"""A policy at the controls of a rig: what the rollout process does live, turned by simulated time."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from backend import catalog
from backend.core import clock
from backend.core.contracts.frame import DeviceFrame, policy_driver
from backend.core.contracts.record import Array, msgpack_decoder
from backend.core.contracts.robot import RobotState
from backend.core.contracts.rollout import Observation
from backend.core.contracts.tick import TickRecord
from backend.core.contracts.world import WorldState
from backend.core.policy.observation import state_vector, torso_base, torso_command
from backend.core.policy.player import PolicyPlayer
from backend.core.policy.scheduler import LEAD, Scheduler
from backend.runtime.policy_dialect import Bunraku, View
from trainer.headless.rig import Frames, Rig
from trainer.policies.served import PolicyRefused, ServedPolicy

SUPERVISOR = "evaluation"
"""Holds the lease, as the person does who lets a policy drive."""

WARM_UP_S = 10.0
"""Simulated time in which the first actions must come."""


@dataclass(frozen=True)
class _Sight:
    """What the robot knew at one step; pictures are drawn when somebody looks at them."""

    view: View
    seen: tuple[WorldState, ...]


@dataclass(frozen=True)
class _Answer:
    due_ns: int
    seq: int
    actions: Array


class HeadlessRollout:
    """Gives a rig the frames of a policy and of its supervisor.

    Observations pass the same messages as live, JPEG included; answers arrive `latency_ms` later.

    Args:
        rig: The rig, with lazy cameras when the policy looks through any.
        policy: What drives.
        name: What the driver is called.
        task: Instruction in words.
        merge: Entry of `catalog.MERGERS`.
        s_min: Steps of a chunk that are executed before the next is asked for.
        latency_ms: Time from an observation to its answer; None takes the measured time of inference.
        supervisor: Frames of whoever holds the lease; nobody who ever takes over when left out.

    Raises:
        PolicyRefused: The policy does not fit the robot or the way of merging.
    """

    def __init__(
        self,
        rig: Rig,
        policy: ServedPolicy,
        name: str,
        task: str,
        merge: str,
        s_min: int,
        latency_ms: float | None,
        supervisor: Frames | None = None,
    ) -> None:
        spec, hello = rig.spec, policy.hello
        if hello.layout_hash != spec.layout.hash:
            raise PolicyRefused(f"{name} was trained for other joints than {spec.name} has")
        cameras = {camera.name: camera for camera in spec.cameras}
        merger = catalog.load(catalog.MERGERS, merge)(spec.layout.target_yaw)
        if merger.hands_left_over and not hello.supports_rtc:
            raise PolicyRefused(f"{name} cannot continue a chunk; merge by blend or ensemble")
        self.driver = policy_driver(name)
        self.scheduler = Scheduler(spec, merger, hello.fps, s_min=s_min)
        self.inference_ms: list[float] = []
        self.takeovers = 0
        self._rig, self._policy, self._task, self._latency_ms = rig, policy, task, latency_ms
        self._cameras = [cameras[camera.name] for camera in hello.cameras]
        self._dialect, self._decoder = Bunraku(spec), msgpack_decoder(Observation)
        self._player = PolicyPlayer()
        self._sights: deque[_Sight] = deque(maxlen=hello.n_obs_steps)
        self._answers: deque[_Answer] = deque()
        self._period_ns = round(1e9 / hello.fps)
        self._next_step_ns = rig.now_ns
        self._phase = ""
        self._seq = 0
        self._supervisor = supervisor or self._watch

    @property
    def ready(self) -> bool:
        """Whether there are actions, so that it may ask to drive."""
        return self.scheduler.queue.level > 0

    def engage(self, holder: str) -> None:
        """Arm the robot for the holder of the lease, wait for the first actions and let the policy drive.

        Raises:
            RuntimeError: The arbiter refuses, or no actions come.
        """
        rig = self._rig
        rig.tick()
        rig.ask("lease.take", holder, name=holder)
        rig.ask("arm", holder)
        end_ns = rig.now_ns + int(WARM_UP_S * 1e9)
        while not self.ready:
            rig.drive(self.frames)
            if rig.now_ns > end_ns:
                raise RuntimeError(f"no actions came within {WARM_UP_S:g} s; latency is too long")
        rig.ask("policy.start", holder, policy=self.driver)

    def follow(self, record: TickRecord) -> None:
        """Read from a tick what became of the permission."""
        phase = "" if record.rollout is None else record.rollout.phase
        self.takeovers += phase == "taken_over" and self._phase != "taken_over"
        self._phase = phase
        self.scheduler.queue.executed = phase == "driving"

    def frames(self, world: WorldState, state: RobotState, now_ns: int) -> Sequence[DeviceFrame]:
        """Return the frames of this tick: the supervisor's, and the policy's when it has something to say.

        Raises:
            PolicyRefused: The policy cannot answer, or its answer is of no use.
        """
        if now_ns >= self._next_step_ns:
            self._turn(state, now_ns, self._next_step_ns)
            self._next_step_ns += self._period_ns
        watching = self._supervisor(world, state, now_ns)
        driving = self._player.frame(now_ns)
        return watching if driving is None else (*watching, driving)

    def _watch(self, world: WorldState, state: RobotState, now_ns: int) -> Sequence[DeviceFrame]:
        return (self._frame(SUPERVISOR, now_ns, now_ns, deadman=False),)

    def _turn(self, state: RobotState, now_ns: int, due_ns: int) -> None:
        """Take one step of the policy, in the order of the live rollout."""
        while self._answers and self._answers[0].due_ns <= now_ns:
            answer = self._answers.popleft()
            try:
                self.scheduler.put(answer.seq, answer.actions)
            except ValueError as error:
                raise PolicyRefused(f"its answer cannot be used: {error}") from error
        self._inquire(state, now_ns)
        if not self._phase:
            return
        action = self.scheduler.step()
        if action is not None:
            due_ns += LEAD * self._period_ns
            self._player.add(self._frame(self.driver, now_ns, due_ns, deadman=True, action=action))

    def _inquire(self, state: RobotState, now_ns: int) -> None:
        seen = self._rig.world.seen
        if any(camera.name not in seen for camera in self._cameras):
            return
        self._sights.append(self._look(state, tuple(seen[camera.name] for camera in self._cameras)))
        request = self.scheduler.request()
        if request is None:
            return
        while len(self._sights) < self._sights.maxlen:
            self._sights.appendleft(self._sights[0])
        message = self._dialect.encode(request, tuple(map(self._drawn, self._sights)), self._task)
        began_ns = clock.now_ns()
        actions, _ = self._policy.predict(self._decoder.decode(message))
        took_ms = (clock.now_ns() - began_ns) / 1e6
        self.inference_ms.append(took_ms)
        latency_ms = took_ms if self._latency_ms is None else self._latency_ms
        self._answers.append(_Answer(now_ns + round(latency_ms * 1e6), request.seq, actions))

    def _look(self, state: RobotState, seen: tuple[WorldState, ...]) -> _Sight:
        spec, sent = self._rig.spec, self._rig.record.command.action
        view = View(
            t_ns=state.t_ns,
            state=state_vector(spec, state),
            torso_base=torso_base(state),
            torso_command=torso_command(spec, sent),
            pictures=(),
        )
        return _Sight(view, seen)

    def _drawn(self, sight: _Sight) -> View:
        pictures = tuple(
            self._rig.world.picture(camera, seen)
            for camera, seen in zip(self._cameras, sight.seen, strict=True)
        )
        return View(**{**vars(sight.view), "pictures": pictures})

    def _frame(self, driver: str, now_ns: int, due_ns: int, **channels: object) -> DeviceFrame:
        self._seq += 1
        return DeviceFrame(
            source="policy" if driver == self.driver else "watch",
            driver=driver,
            t_ns=now_ns,
            seq=self._seq,
            source_t_ns=due_ns,
            **channels,
        )
