"""A policy that gets nowhere, and the operator who takes over from it."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from backend import catalog
from backend.core.contracts.frame import is_policy
from backend.core.contracts.tick import TickRecord
from backend.settings import Settings
from trainer.demos.demonstrate import OPERATOR, Given
from trainer.demos.operator import Operator
from trainer.demos.performance import Supervised
from trainer.headless.rig import Rig
from trainer.policies.hold import Hold
from trainer.policies.replay import Replay

SEED = 1


class GivesUp:
    """A policy that keeps still from some step on."""

    def __init__(self, policy: Replay, steps: int):
        self._policy, self._steps, self.hello = policy, steps, policy.hello

    def predict(self, observation):
        start = min(observation.start_step, self._steps)
        actions, timings = self._policy.predict(msgspec.structs.replace(observation, start_step=start))
        return actions[np.minimum(np.arange(len(actions)), self._steps - start)], timings


def supervised(config: Settings, policy_of, patience_s: float) -> tuple[Rig, Supervised, list[TickRecord]]:
    task = catalog.load(catalog.TASKS, "pick_place")(SEED)
    rig = Rig(config, task, SEED, cameras=False)
    ticks: list[TickRecord] = []
    rig.record_to(lambda record, _: ticks.append(record) if isinstance(record, TickRecord) else None)
    operator = Operator(rig.spec, OPERATOR, np.random.default_rng(SEED), rig.context.period_s)
    script = catalog.load(catalog.DEMONSTRATORS, "pick_place")(operator, task)
    performance = Supervised(rig, operator, script, policy_of(rig.spec), "lift-1", task, patience_s)
    performance.engage()
    performance.run(task.time_limit_s)
    return rig, performance, ticks


@pytest.mark.timeout(300)
def test_an_operator_takes_over_and_does_the_whole_task(config: Settings):
    rig, performance, ticks = supervised(config, lambda spec: Hold(Path(), spec), patience_s=1.0)
    assert performance.took_over
    assert rig.judge.finished
    drivers = [record.driver for record in ticks if record.driver]
    first = next(place for place, driver in enumerate(drivers) if not is_policy(driver))
    assert first > 50
    assert set(drivers[:first]) == {"policy:lift-1"}
    assert set(drivers[first:]) == {OPERATOR}


@pytest.mark.timeout(300)
def test_what_is_in_the_hand_stays_there_when_somebody_takes_over(config: Settings, demonstration: Given):
    def policy_of(spec):
        replay = Replay(demonstration.folder, spec)
        return GivesUp(replay, int(replay.steps * 0.6))

    rig, performance, ticks = supervised(config, policy_of, patience_s=5.5)
    assert performance.took_over
    assert rig.judge.finished
    grasped_ns = rig.judge.outcomes()[0].t_ns
    taken_ns = next(record.t_ns for record in ticks if record.driver == OPERATOR)
    assert grasped_ns < taken_ns, "the policy had it in hand"
    right = rig.spec.layout.hands.start + 7
    closing = [np.abs(r.command.action[right : right + 7]).sum() for r in ticks if r.t_ns >= taken_ns]
    assert min(closing[:100]) > 0.7 * closing[0], "the hand must not open at the takeover"
