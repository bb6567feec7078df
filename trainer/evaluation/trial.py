"""One trial in simulation: a policy, a start, and a judge; with an episode and a film of it."""

import statistics
from dataclasses import dataclass
from pathlib import Path

from backend import catalog
from backend.core import clock
from backend.core.contracts.recording import EpisodeOutcome
from backend.core.contracts.task import Task
from backend.core.contracts.tick import Mode, TickRecord
from backend.evaluation.folder import start_path, video_path
from backend.evaluation.plan import Plan, Turn, labels
from backend.evaluation.trial import TrialResult, scores_of
from backend.settings import Settings, settings
from trainer.evaluation.contestants import contestant, seed_torch
from trainer.evaluation.film import Film, photograph
from trainer.evaluation.rollout import SUPERVISOR, HeadlessRollout
from trainer.headless.rig import Rig
from trainer.headless.take import Take
from trainer.policies.served import PolicyRefused

AFTERWARDS_S = 0.5
"""Shown after the last subtask is done."""


@dataclass(frozen=True)
class Order:
    """One trial to run."""

    plan: Plan
    turn: Turn
    folder: Path
    """Of the evaluation: `episodes`, `videos` and `working` are in it."""
    episodes_dir: Path
    """Where demonstrations are, for baselines."""


def give(order: Order) -> TrialResult:
    """Run a trial with the settings of this process."""
    return run_trial(settings(), order)


def run_trial(config: Settings, order: Order) -> TrialResult:
    """Run one trial. The same order gives the same result, unless latency is measured.

    Raises:
        PolicyRefused: The policy does not fit.
        ValueError: No such task, level or way of merging.
        OSError: The disk refuses.
    """
    began_ns = clock.now_ns()
    plan, turn = order.plan, order.turn
    which, seed = plan.policies[turn.policy], plan.seed + turn.condition
    task = catalog.load(catalog.TASKS, plan.task)(seed, plan.level)
    policy = contestant(plan, which, turn.condition, order.episodes_dir, config.robot)
    seed_torch(seed)
    drawn = bool(policy.hello.cameras) or plan.videos or plan.record_cameras
    rig = Rig(config, task, seed, cameras=drawn, lazy=not plan.record_cameras)
    try:
        rollout = HeadlessRollout(
            rig, policy, which.name, task.instructions[0], plan.merge, plan.s_min, plan.latency_ms
        )
        start = start_path(order.folder, turn.condition)
        if plan.videos and not start.exists():
            photograph(start, rig.world, rig.spec.cameras[0])
        trial = Trial(rig, rollout, task)
        rollout.engage(SUPERVISOR)
        label = labels(len(plan.policies), plan.seed)[turn.policy]
        return trial.run(config, order, label, began_ns)
    finally:
        rig.close()


class Trial:
    """A rig with a policy at its controls, from the first action to the end."""

    def __init__(self, rig: Rig, rollout: HeadlessRollout, task: Task) -> None:
        self._rig, self._rollout, self._task = rig, rollout, task

    def run(self, config: Settings, order: Order, label: str, began_ns: int) -> TrialResult:
        """Let it drive until the task is done, its time is over or the robot is not driven any more."""
        rig, plan, number = self._rig, order.plan, order.turn.number
        video = video_path(order.folder, number)
        film = Film(video, rig.world, rig.spec.cameras[0], not plan.record_cameras) if plan.videos else None
        working = order.folder / "working"
        take = Take(working, self._task, rig.spec, config.locomotion, self._rollout.driver, rig.now_ns)
        started_ns = rig.now_ns
        try:
            rig.record_to(take.write)
            ended = self._drive(film)
            rig.record_to(None)
            outcomes = rig.judge.outcomes()
            outcome = EpisodeOutcome(
                success=rig.judge.finished, subtasks=outcomes, seed=plan.seed + order.turn.condition,
                level=plan.level,
            )  # fmt: skip
            episode = take.save(order.folder / "episodes", rig.now_ns, outcome)
            if film is not None:
                film.save()
        except BaseException:
            take.abandon()
            if film is not None:
                film.abandon()
            raise
        ended_ns = outcomes[-1].t_ns or rig.now_ns
        smooth = self._rollout.scheduler.meter.figures()
        return TrialResult(
            number=number,
            condition=order.turn.condition,
            label=label,
            scores=scores_of([subtask.done for subtask in outcomes]),
            time_s=round((ended_ns - started_ns) * 1e-9, 3),
            interventions=self._rollout.takeovers,
            fell=rig.world.state.locomotion == "fallen",
            jerk_border_rad_s3=_known(smooth.jerk_border_rad_s3),
            jerk_inside_rad_s3=_known(smooth.jerk_inside_rad_s3),
            underruns=smooth.stalls,
            ended=ended,
            episode=episode.name,
            video=f"videos/{video.name}" if film is not None else "",
            inference_ms=round(statistics.median(self._rollout.inference_ms), 3),
            wall_s=round((clock.now_ns() - began_ns) * 1e-9, 3),
        )

    def _drive(self, film: Film | None) -> str:
        """Return why it ended, in words."""
        rig, rollout = self._rig, self._rollout
        end_ns = rig.now_ns + int(self._task.time_limit_s * 1e9)
        driven = False
        while rig.now_ns < end_ns:
            try:
                record: TickRecord = rig.drive(rollout.frames)
            except PolicyRefused as error:
                return f"the policy failed: {error}"
            rollout.follow(record)
            if film is not None:
                film.look()
            driven = driven or record.mode is Mode.ACTIVE
            if record.mode is Mode.FAULT or (driven and not record.driver):
                return record.reason
            if rig.judge.finished and end_ns > rig.now_ns + int(AFTERWARDS_S * 1e9):
                end_ns = rig.now_ns + int(AFTERWARDS_S * 1e9)
        return "done" if rig.judge.finished else f"{self._task.time_limit_s:g} s are over"


def _known(value: float) -> float | None:
    return round(value, 4) if value == value else None
