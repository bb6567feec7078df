"""Does the robot stay on its feet? Random operator-like driving for an hour, and pushes.

Commands pass the real safety limits; arms swing, loads of up to 1 kg appear in the hands and vanish, and
physics and locomotion are those of the world process on a plain floor. After a fall the episode goes on
with the robot put back on its feet, so that every fall counts.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor

import mujoco
import numpy as np

from backend import catalog
from backend.runtime.simulation import Simulation
from backend.settings import settings
from benchmarks.random_operator import PERIOD_S, RandomOperator, SteadyOperator
from benchmarks.report import report
from devices.scenes.empty import Empty

EPISODE_S = 60.0
FULL_S = 3660.0
QUICK_S = 60.0
WORKERS = 2
GRAVITY_M_S2 = 9.81
HANDS = ("left_hand_palm_link", "right_hand_palm_link")
SIDES = ("left", "right")
CROUCH_RAD = {"hip_pitch": -0.95, "knee": 1.8, "ankle_pitch": -0.85}
CLEARANCE_M = 1.0
"""The arms are checked with the robot lifted this far off the floor."""
PUSH_S = 0.1
PUSH_AT_S = 3.0
SETTLE_S = 4.0
PUSHES_N = (60.0, 80.0, 100.0, 120.0, 150.0)
QUICK_PUSHES_N = (60.0,)
DIRECTIONS = {"forward": (1, 0), "backward": (-1, 0), "left": (0, 1), "right": (0, -1)}
WALK_M_S = 0.3


def simulation() -> Simulation:
    """Return the robot on a plain floor with the configured controller."""
    robot = catalog.load(catalog.ROBOTS, settings().robot)
    controller = catalog.load(catalog.LOCOMOTION, settings().locomotion)
    scene = Empty()
    model = scene.furnish(robot.build_body(robot.spec)).compile()
    return Simulation(robot.spec, model, scene, controller(robot.spec))


class ArmCheck:
    """Tells whether an arm pose keeps clear of trunk, legs and the other arm, upright and crouched."""

    def __init__(self, world: Simulation) -> None:
        spec, self._model = world.spec, world.model
        self._data = mujoco.MjData(self._model)
        self._data.qpos[:] = world.data.qpos
        self._data.qpos[2] += CLEARANCE_M
        address = {name: self._model.joint(name).qposadr[0] for name in spec.joints}
        self._arms = [address[name] for name in (*spec.hand_joints, *spec.arm_joints)]
        self._crouch = {
            address[f"{side}_{joint}_joint"]: q for side in SIDES for joint, q in CROUCH_RAD.items()
        }
        hands = ("_hand_thumb", "_hand_index", "_hand_middle")
        names = [self._model.body(body).name for body in self._model.geom_bodyid]
        self._finger = np.array([any(part in name for part in hands) for name in names])

    def __call__(self, joints_rad: np.ndarray) -> bool:
        """Return whether only fingers of one robot touch each other, if anything does."""
        self._data.qpos[self._arms] = joints_rad
        upright = self._data.qpos.copy()
        clear = self._clear()
        for place, angle in self._crouch.items():
            self._data.qpos[place] = angle
        clear = clear and self._clear()
        self._data.qpos[:] = upright
        return clear

    def _clear(self) -> bool:
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_collision(self._model, self._data)
        return bool(self._finger[self._data.contact.geom].all())


def drive(seed: int, duration_s: float = EPISODE_S) -> list[float]:
    """Drive at random for `duration_s` and return the times of the falls [s]."""
    world = simulation()
    arms_free = ArmCheck(world)
    operator = RandomOperator(world.spec, seed, arms_free)
    palms = [world.model.body(name).id for name in HANDS]
    load = np.zeros(2)
    falls = []
    every = round(PERIOD_S / world.dt_s)
    for step in range(round(duration_s / world.dt_s)):
        now_ns = round(step * world.dt_s * 1e9)
        if step % every == 0:
            world.command(operator.command(), now_ns)
            load += np.clip(operator.payload_kg - load, -0.05, 0.05)
            world.data.xfrc_applied[palms, 2] = -GRAVITY_M_S2 * load
        world.step(now_ns)
        if world.controller.mode == "fallen":
            falls.append(step * world.dt_s)
            world.reset_robot()
            operator = RandomOperator(world.spec, seed + 1_000_000 * len(falls), arms_free)
    return falls


def survives_push(direction: tuple[int, int], force_n: float, speed_m_s: float) -> bool:
    """Push the torso while standing or walking, and return whether the robot is upright 4 s later."""
    world = simulation()
    operator = SteadyOperator(world.spec, np.array([speed_m_s, 0.0, 0.0]))
    torso = world.model.body(world.spec.torso_link).id
    every = round(PERIOD_S / world.dt_s)
    for step in range(round((PUSH_AT_S + SETTLE_S) / world.dt_s)):
        time_s = step * world.dt_s
        now_ns = round(time_s * 1e9)
        pushing = PUSH_AT_S <= time_s < PUSH_AT_S + PUSH_S
        world.data.xfrc_applied[torso, :2] = np.array(direction) * force_n * pushing
        if step % every == 0:
            world.command(operator.command(), now_ns)
        world.step(now_ns)
    return world.controller.mode != "fallen"


def push_table(pool: ProcessPoolExecutor, forces_n: tuple[float, ...]) -> list[dict[str, object]]:
    """Return one row per gait and direction: which pushes of `PUSH_S` were survived."""
    cases = [
        (gait, speed, name, force)
        for gait, speed in (("stand", 0.0), ("walk", WALK_M_S))
        for name in DIRECTIONS
        for force in forces_n
    ]
    survived = pool.map(
        survives_push,
        [DIRECTIONS[name] for _, _, name, _ in cases],
        [force for *_, force in cases],
        [speed for _, speed, *_ in cases],
    )
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for (gait, _, name, force), upright in zip(cases, survived, strict=True):
        row = rows.setdefault((gait, name), {"gait": gait, "push": name})
        row[f"{force:.0f} N"] = "ok" if upright else "fell"
    return list(rows.values())


def main() -> None:
    """Run the soak and the pushes, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one simulated minute and fewer pushes")
    parser.add_argument("--simulated-s", type=float, help="simulated time of the random driving")
    parser.add_argument("--seed", type=int, default=0, help="first seed; each episode takes the next")
    arguments = parser.parse_args()
    simulated_s = arguments.simulated_s or (QUICK_S if arguments.quick else FULL_S)
    episode_s = min(EPISODE_S, simulated_s / WORKERS)
    seeds = range(arguments.seed, arguments.seed + round(simulated_s / episode_s))
    forces_n = QUICK_PUSHES_N if arguments.quick else PUSHES_N
    with ProcessPoolExecutor(WORKERS) as pool:
        falls = 0
        for seed, times_s in zip(seeds, pool.map(drive, seeds, [episode_s] * len(seeds)), strict=True):
            falls += len(times_s)
            for time_s in times_s:
                print(f"fell: seed {seed} at {time_s:.1f} s", flush=True)
        pushes = push_table(pool, forces_n)
    cells = [row[f"{force:.0f} N"] for row in pushes for force in forces_n]
    report(
        "soak",
        pushes,
        falls=falls,
        simulated_s=len(seeds) * episode_s,
        pushes_survived=cells.count("ok"),
        pushes=len(cells),
        quick=arguments.quick,
    )


if __name__ == "__main__":
    main()
