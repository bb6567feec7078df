"""Time and pinch error of the ways from a glove to the Dex3-1, on the same generated motions in the same run.

People of different size, each with a glove that has its own error (gain and offset per angle, noise), go
through open hand, fist, relaxed hand and pinches with index and middle finger that really bring the tips of
their hand together. Each is calibrated as in the app, from what their glove reads. `error` of a pinch is how
far the robot's tips are from just touching while the person's touch; `opened` and `closed` are 1 for the
robot's whole range. dexpilot brings the middles of tips together, which is an error of their thickness,
16 mm, although the tips do meet. A false pinch: the robot's tips touch while the person's are far apart.
Times are this thread's CPU time, so that other work on the machine does not count.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.core.hands.by_angles import AngleRetargeting
from backend.core.hands.by_tips import TipRetargeting
from backend.core.hands.calibration import HandCalibration, usual_hand
from backend.core.hands.calibrator import tip_distance_m
from backend.core.hands.dex3 import hand_pose
from backend.core.hands.dex3_model import TIP_RADIUS_M, TIPS, Dex3Model
from benchmarks.report import report
from devices.emulators.manus.hand_model import joints
from devices.emulators.manus.motions import MOVE_S, ROUND, STAY_S, at, poses
from devices.robots.g1_spec import g1_spec

SETTLED_S = 0.3
FAR_M, MET_M = 0.050, 0.005


@dataclass(frozen=True)
class Person:
    """A hand and the error of the glove on it."""

    side: str
    size: float
    bend_scale: float
    gain: np.ndarray
    offset_deg: np.ndarray
    noise_deg: float

    def sensed(self, angles_deg: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return what the glove reads of (20,) angles [degrees]."""
        return self.gain * angles_deg + self.offset_deg + rng.normal(0.0, self.noise_deg, 20)

    def calibration(self) -> HandCalibration:
        """Return what the app's calibration finds."""
        silent = [self.gain * poses(self.bend_scale)[pose] + self.offset_deg for pose in CALIBRATED]
        touch_m = tip_distance_m(joints(silent[2], self.side, self.size), "index")
        steps = dict(zip(("open_deg", "fist_deg", "pinch_deg"), silent, strict=True))
        return HandCalibration(side=self.side, touch_m=touch_m, **steps)


CALIBRATED = ("open", "fist", "pinch_index")


def people(count: int, glove: str, seed: int = 3) -> list[Person]:
    """Return people with left and right hands in turn, with an `ideal` or a `usual` glove."""
    rng = np.random.default_rng(seed)
    off = 0.0 if glove == "ideal" else 1.0
    return [
        Person(
            side=("left", "right")[i % 2],
            size=rng.uniform(0.85, 1.15),
            bend_scale=round(rng.uniform(0.75, 1.25), 2),
            gain=1.0 + off * rng.uniform(-0.12, 0.12, 20),
            offset_deg=off * rng.uniform(-6.0, 6.0, 20),
            noise_deg=off * 0.3,
        )
        for i in range(count)
    ]


@dataclass(frozen=True)
class Moment:
    """What a person does and what the glove reads at one instant."""

    settled: str
    """The pose that is held, some time after it was taken; empty on the way."""
    angles_deg: np.ndarray
    nodes: np.ndarray
    apart_m: tuple[float, float]
    """From the thumb's tip to those of index and middle finger, of the person."""


def motion(person: Person, hz: float) -> list[Moment]:
    """Return what one person does."""
    rng = np.random.default_rng(11)
    moments = []
    for k in range(int(len(ROUND) * (MOVE_S + STAY_S) * hz)):
        true_deg, pose = at(k / hz, bend_scale=person.bend_scale)
        settled = k / hz % (MOVE_S + STAY_S) > MOVE_S + SETTLED_S
        sensed_deg = person.sensed(true_deg, rng)
        true = joints(true_deg, person.side, person.size)
        moments.append(
            Moment(
                settled=pose if settled else "",
                angles_deg=sensed_deg,
                nodes=joints(sensed_deg, person.side, person.size),
                apart_m=(tip_distance_m(true, "index"), tip_distance_m(true, "middle")),
            )
        )
    return moments


def run(spec, way: str, crowd: list[tuple[Person, list[Moment]]], folder: Path) -> dict[str, np.ndarray]:
    """Return the measurements of one way: CPU ms, pinch errors [mm], how far opened and closed."""
    found: dict[str, list[float]] = {
        key: [] for key in ("ms", "index", "middle", "opened", "closed", "false")
    }
    for person, moments in crowd:
        solver, needs_nodes = _solver(spec, way, person, folder)
        model = Dex3Model(spec, person.side)
        fist = hand_pose(model.joints, 1.0, 0.0)
        fingers = [i for i, joint in enumerate(model.joints) if "thumb" not in joint]
        widest = np.linalg.norm(np.diff(model.tips_m(np.zeros(7))[:2], axis=0))
        for moment in moments:
            value = moment.nodes if needs_nodes else moment.angles_deg
            began = time.thread_time_ns()
            q = solver.retarget(value)
            found["ms"].append((time.thread_time_ns() - began) / 1e6)
            tips = model.tips_m(q)
            gaps = np.linalg.norm(tips[1:] - tips[0], axis=1) - 2 * TIP_RADIUS_M
            if moment.settled != "fist":
                pairs = zip(gaps, moment.apart_m, strict=True)
                found["false"].append(float(any(gap < MET_M and apart > FAR_M for gap, apart in pairs)))
            if moment.settled.startswith("pinch"):
                finger = moment.settled.removeprefix("pinch_")
                found[finger].append(abs(gaps[TIPS.index(finger) - 1]) * 1e3)
            elif moment.settled == "open":
                found["opened"].append(float((gaps.min() + 2 * TIP_RADIUS_M) / widest))
            elif moment.settled == "fist":
                found["closed"].append(float(np.mean(q[fingers] / fist[fingers])))
    return {key: np.array(values) for key, values in found.items()}


def _solver(spec, way: str, person: Person, folder: Path):
    """Return the solver of a way and whether it takes joints in the place of angles."""
    if way == "angles":
        return AngleRetargeting(spec, person.calibration()), False
    if way == "angles, not calibrated":
        return AngleRetargeting(spec, usual_hand(person.side)), False
    if way == "finger tips":
        return TipRetargeting(spec, person.calibration()), True
    from benchmarks.dex_retargeting_hand import DexRetargetingHand

    return DexRetargetingHand(spec, person.side, way.removeprefix("dex-retargeting "), folder), True


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 50 s")
    quick = parser.parse_args().quick
    ways = [
        "angles",
        "angles, not calibrated",
        "finger tips",
        "dex-retargeting vector",
        "dex-retargeting dexpilot",
    ]
    spec, rows, keys = g1_spec(), [], {}
    with tempfile.TemporaryDirectory() as folder:
        for glove in ("ideal", "usual"):
            crowd = [
                (person, motion(person, 30.0 if quick else 60.0))
                for person in people(2 if quick else 8, glove)
            ]
            for way in ways:
                found = run(spec, way, crowd, Path(folder))
                rows.append(
                    {
                        "way": way,
                        "glove": glove,
                        "cpu p50 ms": float(np.median(found["ms"])),
                        "cpu p99 ms": float(np.percentile(found["ms"], 99)),
                        "index error mm": float(np.mean(found["index"])),
                        "p95": float(np.percentile(found["index"], 95)),
                        "middle error mm": float(np.mean(found["middle"])),
                        "p95 ": float(np.percentile(found["middle"], 95)),
                        "opened": float(np.mean(found["opened"])),
                        "closed": float(np.mean(found["closed"])),
                        "false pinches %": float(np.mean(found["false"])) * 100,
                    }
                )
                if glove == "usual":
                    short = way.replace("dex-retargeting ", "dex_").replace(", ", "_").replace(" ", "_")
                    both = np.concatenate([found["index"], found["middle"]])
                    keys[f"{short}_pinch_error_mm"] = float(np.mean(both))
                    keys[f"{short}_p99_ms"] = rows[-1]["cpu p99 ms"]
    report("hands", rows, **keys)


if __name__ == "__main__":
    main()
