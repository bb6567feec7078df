"""Time and accuracy of the IK, beside casadi + ipopt on the same targets in the same run.

Times are this thread's CPU time, so that other work on the machine does not count; wall time stands
beside it. A solve of ours is the whole stage: targets, QP with all limits and collisions, report.
`speedup_vs_casadi` compares both on the same whole problem, limits and collisions included;
`speedup_targets_only` compares both as casadi is commonly used, on targets and joint ranges alone;
`speedup_whole_vs_casadi_targets_only` compares our whole problem with casadi's easier one.
"""

import argparse
import gc
import time

import numpy as np
import pink
import pinocchio as pin
import qpsolvers
from pink.tasks import FrameTask, PostureTask

from backend.core.contracts.command import JointTarget
from backend.core.contracts.intent import Intent
from backend.core.ik.model import BODY_JOINTS
from backend.core.ik.solver import WholeBodyIk
from backend.core.pose import pose
from backend.core.safety.limits import Limits
from backend.core.safety.safety import Safety
from benchmarks.casadi_ik import CasadiIk
from benchmarks.report import report
from devices.robots.g1_spec import g1_spec

H = 0.01
REACHED = {"shoulder_pitch": -0.5, "shoulder_roll": 0.35, "elbow": 0.9}
"""Arms held out in front, from where they sway."""


def targets(ik: WholeBodyIk, spec, ticks: int, seed: int = 1) -> list[tuple[list[pin.SE3], np.ndarray]]:
    """Return wrist poses and body coordinates of a smooth random motion that the robot can make."""
    rng = np.random.default_rng(seed)
    q0 = ik.neutral.copy()
    for i, joint in enumerate(spec.arm_joints, start=len(BODY_JOINTS)):
        for name, angle in REACHED.items():
            if name in joint:
                q0[i] = -angle if name == "shoulder_roll" and "right" in joint else angle
    size = np.hstack([[0.03, 0.15, 0.08, 0.04], np.full(len(q0) - len(BODY_JOINTS), 0.3)])
    t = np.arange(ticks) * H
    sway = np.zeros((ticks, len(q0)))
    for hertz in (0.13, 0.29, 0.47):
        sway += np.sin(2 * np.pi * hertz * t[:, None] + rng.uniform(0, 2 * np.pi, len(q0)))
    sway = (sway - sway[0]) / 3
    q0[0] -= 0.05
    start = np.minimum(1.0, t / 2.0)[:, None]
    path = ik.neutral + start * (q0 - ik.neutral) + start * sway * size
    return [(list(ik.wrists(q)), q[: len(BODY_JOINTS)]) for q in path]


def run_ours(ik: WholeBodyIk, safety: Safety, goals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return CPU [ms], wall [ms] and (n, 2) position error [m] of every tick."""
    cpu, wall, error = [], [], []
    for wrists, body in goals:
        intent = Intent(
            driver="benchmark",
            t_ns=0,
            deadman=True,
            T_footprint_left=pose(wrists[0]),
            T_footprint_right=pose(wrists[1]),
            hands_rad=np.zeros(14),
            torso_rpy_rad=body[:0:-1],
            base_height_m=float(body[0]),
            base_velocity=np.zeros(3),
        )
        began, began_wall = time.thread_time_ns(), time.perf_counter_ns()
        action, result = ik.solve(intent, safety.action, safety.velocity, 1.0)
        cpu.append(time.thread_time_ns() - began)
        wall.append(time.perf_counter_ns() - began_wall)
        safety.follow(JointTarget(t_ns=0, action=action), 0)
        error.append(result.position_error_m)
    return np.array(cpu) / 1e6, np.array(wall) / 1e6, np.array(error)


def run_targets_only(ik: WholeBodyIk, limits: Limits, goals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the same for one QP step a tick on the same tasks within the joint ranges, and nothing else."""
    place, n = ik.body.to_action, len(BODY_JOINTS)
    lower, upper = limits.lower[place], limits.upper[place]
    tasks = [FrameTask(task.frame, position_cost=8.0, orientation_cost=2.0) for task in ik.wrist_tasks]
    posture = PostureTask(cost=np.hstack([np.full(n, 0.5), np.full(len(place) - n, 0.03)]))
    configuration = pink.Configuration(ik.body.model, ik.body.model.createData(), ik.neutral)
    q = ik.neutral
    cpu, wall, error = [], [], []
    for wrists, body in goals:
        began, began_wall = time.thread_time_ns(), time.perf_counter_ns()
        configuration.update(q)
        for task, target in zip(tasks, wrists, strict=True):
            task.transform_target_to_world = target
        posture.target_q = np.hstack([body, ik.neutral[n:]])
        problem = pink.build_ik(configuration, [*tasks, posture], H, limits=[], damping=1e-6)
        problem.lb, problem.ub = lower - q, upper - q
        q = q + qpsolvers.solve_problem(problem, solver="daqp").x
        cpu.append(time.thread_time_ns() - began)
        wall.append(time.perf_counter_ns() - began_wall)
        reached = ik.wrists(q)
        error.append(
            [np.linalg.norm(a.translation - b.translation) for a, b in zip(reached, wrists, strict=True)]
        )
    return np.array(cpu) / 1e6, np.array(wall) / 1e6, np.array(error)


def run_casadi(solver: CasadiIk, q: np.ndarray, goals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the same for casadi + ipopt."""
    cpu, wall, error = [], [], []
    for wrists, body in goals:
        began, began_wall = time.thread_time_ns(), time.perf_counter_ns()
        q = solver.solve(q, wrists, body)
        cpu.append(time.thread_time_ns() - began)
        wall.append(time.perf_counter_ns() - began_wall)
        wanted = np.array([T.translation for T in wrists])
        error.append(np.linalg.norm(np.array(solver.positions(q)).T - wanted, axis=1))
    return np.array(cpu) / 1e6, np.array(wall) / 1e6, np.array(error)


def row(name: str, cpu: np.ndarray, wall: np.ndarray, error: np.ndarray) -> dict[str, object]:
    """Return one line of the table."""
    return {
        "solver": name,
        "solves": len(cpu),
        "cpu median ms": float(np.median(cpu)),
        "cpu p99 ms": float(np.percentile(cpu, 99)),
        "wall p99 ms": float(np.percentile(wall, 99)),
        "error median mm": float(np.median(error) * 1e3),
        "error p99 mm": float(np.percentile(error, 99) * 1e3),
    }


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 50 s")
    ticks, compared = (2000, 200) if parser.parse_args().quick else (20000, 3000)

    spec = g1_spec()
    safety = Safety(spec, H)
    ik = WholeBodyIk(spec, safety.limits)
    goals = targets(ik, spec, ticks)
    gc.collect()
    gc.disable()
    ours = run_ours(ik, safety, goals)
    bare = run_targets_only(ik, safety.limits, goals)
    usual, same = (
        run_casadi(CasadiIk(ik, safety.limits, constrained), ik.neutral, goals[:compared])
        for constrained in (False, True)
    )
    gc.enable()
    median_ms = float(np.median(ours[0]))
    report(
        "ik",
        [
            row("pink QP: targets, limits, collisions", *ours),
            row("casadi + ipopt: targets, limits, collisions", *same),
            row("pink QP: targets only", *bare),
            row("casadi + ipopt: targets only", *usual),
        ],
        p99_ms=float(np.percentile(ours[0], 99)),
        p99_wall_ms=float(np.percentile(ours[1], 99)),
        median_ms=median_ms,
        speedup_vs_casadi=float(np.median(same[0])) / median_ms,
        speedup_targets_only=float(np.median(usual[0]) / np.median(bare[0])),
        speedup_whole_vs_casadi_targets_only=float(np.median(usual[0])) / median_ms,
        error_p99_mm=float(np.percentile(ours[2], 99) * 1e3),
        casadi_error_p99_mm=float(np.percentile(usual[2], 99) * 1e3),
    )


if __name__ == "__main__":
    main()
