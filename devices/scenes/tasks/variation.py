"""What differs between two takes of one task, by level: colours and light from 1 on, cameras from 2 on."""

import mujoco
import numpy as np

from devices.scenes.objects import Painter, Thing, can, carton, mug, printed
from devices.scenes.textures import Colour, cardboard, label, wood

TINTED = ("oak", "wall", "floor", "beech", "mark", "cart")
"""Materials whose colour changes; not every scene has all of them."""
TEA = printed((0.20, 0.52, 0.36), (0.95, 0.90, 0.70), (0.93, 0.80, 0.42))
"""The usual look of a small box."""
RESIZE = (0.9, 1.12)
TINT = 0.22
LIGHT = 0.25
AIM_RAD = 0.35
CAMERA_M = 0.004
CAMERA_RAD = 0.03


def random_colour(rng: np.random.Generator) -> Colour:
    """Return a colour that is neither black nor white."""
    return tuple(float(value) for value in rng.uniform(0.12, 0.95, 3))


def random_painter(rng: np.random.Generator) -> Painter:
    """Return what draws a print, wood or card in colours chosen now."""
    ground, band, disc = (random_colour(rng) for _ in range(3))
    painters: tuple[Painter, ...] = (
        lambda _: label(ground, band, disc),
        lambda paint: wood(ground, paint, planks=1, size=128),
        cardboard,
    )
    return painters[rng.integers(len(painters))]


def painter(usual: Painter, level: int, rng: np.random.Generator) -> Painter:
    """Return the usual look at level 0, a random one above."""
    return random_painter(rng) if level >= 1 else usual


def resized(
    half_m: tuple[float, float, float], level: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return the usual half sizes up to level 1, others at level 2."""
    return tuple((np.array(half_m) * rng.uniform(*RESIZE, 3)).tolist()) if level >= 2 else half_m


def repaint(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Change the colours of furniture and room, and where the light comes from."""
    for material in spec.materials:
        if material.name in TINTED:
            tint = 1.0 + rng.uniform(-TINT, TINT, 3)
            material.rgba = [*np.clip(np.array(material.rgba[:3]) * tint, 0, 1), material.rgba[3]]
    for light in spec.lights:
        light.dir = np.array(light.dir) + rng.uniform(-AIM_RAD, AIM_RAD, 3) * (1, 1, 0)
        light.diffuse = np.array(light.diffuse) * (1 + rng.uniform(-LIGHT, LIGHT))
    headlight = spec.visual.headlight
    headlight.ambient = np.array(headlight.ambient) * (1 + rng.uniform(-LIGHT, LIGHT))


def move_cameras(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Mount every camera a little differently, as after a service."""
    for camera in spec.cameras:
        camera.pos = np.array(camera.pos) + rng.uniform(-CAMERA_M, CAMERA_M, 3)
        turned, turn = np.zeros(4), np.zeros(4)
        axis = rng.normal(size=3)
        mujoco.mju_axisAngle2Quat(turn, axis / np.linalg.norm(axis), rng.uniform(0, CAMERA_RAD))
        mujoco.mju_mulQuat(turned, np.array(camera.quat), turn)
        camera.quat = turned


def distractors(rng: np.random.Generator) -> tuple[Thing, ...]:
    """Return one to three small things that have no part in the task."""
    kinds = (
        lambda name, paint: can(name, 0.03, 0.05, 0.25, paint),
        lambda name, paint: mug(name, 0.22, paint),
        lambda name, paint: carton(name, (0.03, 0.04, 0.03), 0.1, paint),
    )
    count = int(rng.integers(1, 4))
    return tuple(
        kinds[rng.integers(len(kinds))](f"distractor_{number}", random_painter(rng))
        for number in range(count)
    )
