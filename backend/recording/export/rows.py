"""One episode on the grid of a dataset: which sample of every stream stands in which row."""

from dataclasses import dataclass

import numpy as np

from backend.core.contracts.tick import Mode
from backend.recording.export.refused import ExportRefused
from backend.recording.reader import EpisodeReader
from backend.recording.resample import interpolate, last_before, nearest
from backend.recording.sample_writer import camera_topic, in_words

MODES = tuple(mode.value for mode in Mode)
PHASES = 32


@dataclass(frozen=True)
class Rows:
    """Columns of one episode, (n, ...) each; row i is the instant `t_ns[i]`.

    Nothing in a row is younger than it, except for the measured state, which is interpolated between the
    samples around that instant.
    """

    t_ns: np.ndarray
    state: np.ndarray
    """(n, 32) hands, arms, torso roll pitch yaw, base height; all measured"""
    base: np.ndarray
    """(n, 17) torso roll pitch yaw, height, pelvis pose and twist in the world; all measured"""
    torso_command: np.ndarray
    """(n, 4) torso roll pitch yaw and height of the row before as sent, which Psi-Zero has in its state"""
    action: np.ndarray
    """(n, 36) what was asked; what was sent while nobody asked"""
    sent: np.ndarray
    """(n, 36)"""
    sync_error_s: np.ndarray
    """(n, 2) distance to the nearest state sample, age of the tick"""
    mode: np.ndarray
    """(n,) index into `MODES`"""
    driver: np.ndarray
    """(n,) index into `drivers`"""
    drivers: tuple[str, ...]
    """Names of the drivers; the first is empty: nobody drove."""
    intervention: np.ndarray
    """(n,) a person drove although a policy was allowed to: a takeover"""
    pictures: dict[str, np.ndarray]
    """(n,) index of the picture, by camera"""
    picture_t_ns: dict[str, np.ndarray]
    """(n,) capture time of that picture"""

    def is_fresh(self, camera: str) -> np.ndarray:
        """Return whether each row has a picture that the row before did not have: (n,) bool."""
        return np.diff(self.pictures[camera], prepend=-1) > 0


def resample(reader: EpisodeReader, fps: int, max_age_s: float) -> Rows:
    """Put an episode on a grid of `fps` rows per second.

    Args:
        reader: the episode.
        fps: rows per second.
        max_age_s: a picture, state or tick older than this refuses the episode.

    Raises:
        ExportRefused: a stream is missing, too old at some row, or not made of numbers.
    """
    states, ticks, frames = reader.tables.states, reader.tables.ticks, reader.tables.frames
    streams = {"the robot's state": states.t_ns, "the control ticks": ticks.t_ns}
    cameras = [camera.name for camera in reader.spec.cameras]
    streams |= {
        f"the {in_words(camera_topic(name))}": frames[name].t_ns if name in frames else np.array([], np.int64)
        for name in cameras
    }
    for name, t_ns in streams.items():
        if len(t_ns) < 2:
            raise ExportRefused(f"{name} has no samples")
        if (np.diff(t_ns) <= 0).any():
            raise ExportRefused(f"the time stamps of {name} run backwards")
    t_ns = _grid([frames[name].t_ns for name in cameras], list(streams.values()), fps)
    if len(t_ns) < 2:
        raise ExportRefused("its streams do not overlap in time")
    for name, stamps in streams.items():
        age_s = (t_ns - stamps[last_before(stamps, t_ns)]) / 1e9
        if age_s.max() > max_age_s:
            at_s = float(reader.seconds(t_ns[age_s.argmax()]))
            raise ExportRefused(f"{name} is silent for {age_s.max():.2f} s at {at_s:.1f} s")
    pictures = {name: last_before(frames[name].t_ns, t_ns) for name in cameras}
    tick = last_before(ticks.t_ns, t_ns)
    sent = ticks.sent[tick]
    layout = reader.spec.layout
    commanded = sent[:, layout.torso.start : layout.height.stop]
    joints = [reader.spec.index(joint) for joint in (*layout.hand_joints, *layout.arm_joints)]
    q_rad = interpolate(states.t_ns, states.q_rad[:, joints], t_ns)
    measured = interpolate(states.t_ns, np.column_stack([states.torso_rpy_rad, states.base_height_m]), t_ns)
    pelvis = _interpolate_poses(states.t_ns, states.T_world_pelvis, t_ns)
    twist = interpolate(states.t_ns, states.base_twist, t_ns)
    driver, policy = ticks.driver[tick], ticks.policy[tick]
    drivers = ("", *sorted(set(driver.tolist()) - {""}))
    rows = Rows(
        t_ns=t_ns,
        state=np.column_stack([q_rad, measured]),
        base=np.column_stack([measured, pelvis, twist]),
        torso_command=np.vstack([commanded[:1], commanded[:-1]]),
        action=np.where(np.isfinite(ticks.action[tick]), ticks.action[tick], sent),
        sent=sent,
        sync_error_s=np.column_stack(
            [
                np.abs(t_ns - states.t_ns[nearest(states.t_ns, t_ns)]) / 1e9,
                (t_ns - ticks.t_ns[tick]) / 1e9,
            ]
        ),
        mode=np.array([MODES.index(mode) for mode in ticks.mode[tick]]),
        driver=np.array([drivers.index(name) for name in driver]),
        drivers=drivers,
        intervention=(policy != "") & (driver != "") & (driver != policy),
        pictures=pictures,
        picture_t_ns={name: frames[name].t_ns[index] for name, index in pictures.items()},
    )
    for name in ("state", "base", "action", "sent"):
        if not np.isfinite(getattr(rows, name)).all():
            raise ExportRefused(f"`{name}` holds values that are not numbers")
    return rows


def _grid(cameras: list[np.ndarray], streams: list[np.ndarray], fps: int) -> np.ndarray:
    """Return row times where every stream has a sample, in the phase that keeps pictures youngest."""
    period = 1e9 / fps
    first, last = max(stamps[0] for stamps in streams), min(stamps[-1] for stamps in streams)
    grids = []
    for phase in range(PHASES):
        start = first + int(phase * period / PHASES)
        count = int((last - start) / period) + 1
        grids.append(start + np.round(np.arange(max(count, 0)) * period).astype(np.int64))

    def mean_age(grid: np.ndarray) -> float:
        return sum(float((grid - t_ns[last_before(t_ns, grid)]).mean()) for t_ns in cameras)

    return min((grid for grid in grids if len(grid)), key=mean_age, default=np.array([], np.int64))


def _interpolate_poses(t_ns: np.ndarray, poses: np.ndarray, at_ns: np.ndarray) -> np.ndarray:
    """Interpolate (n, 7) poses; neighbouring quaternions are close, so a normalised mean is exact enough."""
    flips = np.cumprod(np.where(np.sum(poses[1:, 3:] * poses[:-1, 3:], axis=1) < 0, -1.0, 1.0))
    continuous = poses.copy()
    continuous[1:, 3:] *= flips[:, None]
    mixed = interpolate(t_ns, continuous, at_ns)
    mixed[:, 3:] /= np.linalg.norm(mixed[:, 3:], axis=1, keepdims=True)
    return mixed
