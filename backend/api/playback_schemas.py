"""Shapes of what the player gets: columns over the time of an episode."""

from backend.api.schemas import Shape


class Series(Shape):
    """One plotted value over time, at the times of `SeriesSet.t_s`."""

    name: str
    values: list[float | None]


class SeriesSet(Shape):
    """Columns for uPlot. Times count from the start of the episode."""

    names: list[str]
    """Every name that can be asked for."""
    t_s: list[float]
    series: list[Series]


class Poses(Shape):
    """The robot and the objects over time, for the 3D replay."""

    t_s: list[float]
    joints: list[str]
    q_rad: list[list[float]]
    """Per time: angle of every joint."""
    T_world_pelvis: list[list[float]]
    """Per time: x y z [m], qx qy qz qw."""
    objects: list[str]
    T_world_object: list[list[list[float]]]
    """Per time and object, as `T_world_pelvis`; empty without a simulated world."""
    mode: list[str]
    driver: list[str]
    """Per time: who drove; empty when nobody did."""
    T_world_footprint: list[list[float]]
    T_footprint_wrists: list[list[list[float]] | None]
    """Per time: wanted poses of left and right wrist; null where none was wanted."""


class FrameTable(Shape):
    """When the frames of one camera were really taken."""

    camera: str
    t_s: list[float]
    """Capture time from the start of the episode."""
    video_s: list[float]
    """Where the frame is in the video file."""
    seq: list[int]
