"""Things to grasp: each is one body with a free joint, a textured mesh to see and primitives to touch."""

from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np

from devices.scenes.shapes import Surface, add_surface, box, lathe
from devices.scenes.textures import Colour, Image, add_material, cardboard, label, wood

COLLISION_GROUP = 3
FRICTION = (1.0, 0.01, 0.0005)
"""Sliding, torsional and rolling friction of rubber-tipped fingers on plastic and card."""

Painter = Callable[[np.random.Generator], Image]


@dataclass(frozen=True)
class Primitive:
    """A collision shape: MuJoCo's type and size, its centre [m] and orientation (w, x, y, z)."""

    kind: mujoco.mjtGeom
    size: tuple[float, ...]
    pos: tuple[float, float, float] = (0.0, 0.0, 0.0)
    quat: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Thing:
    """An object; its origin is `half_height_m` above what it stands on."""

    name: str
    mass_kg: float
    half_height_m: float
    surface: Surface
    painter: Painter
    primitives: tuple[Primitive, ...]

    def add_to(self, spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
        """Add this thing to `spec` as a free body of its name."""
        add_material(spec, self.name, self.painter(rng), specular=0.3, shininess=0.4)
        add_surface(spec, self.name, self.surface)
        body = spec.worldbody.add_body(name=self.name)
        body.add_freejoint(name=self.name)
        body.add_geom(
            type=mujoco.mjtGeom.mjGEOM_MESH,
            meshname=self.name,
            material=self.name,
            contype=0,
            conaffinity=0,
            mass=0,
        )
        for shape in self.primitives:
            body.add_geom(
                type=shape.kind,
                size=(*shape.size, 0, 0)[:3],
                pos=shape.pos,
                quat=shape.quat,
                mass=self.mass_kg / len(self.primitives),
                friction=FRICTION,
                condim=6 if shape.kind == mujoco.mjtGeom.mjGEOM_SPHERE else 4,
                group=COLLISION_GROUP,
            )


def carton(name: str, half_m: tuple[float, float, float], mass_kg: float, painter: Painter) -> Thing:
    """Return a box."""
    shape = Primitive(mujoco.mjtGeom.mjGEOM_BOX, half_m)
    return Thing(name, mass_kg, half_m[2], box(half_m), painter, (shape,))


def can(name: str, radius_m: float, half_height_m: float, mass_kg: float, painter: Painter) -> Thing:
    """Return a tin with a rim at both ends."""
    r, h = radius_m, half_height_m
    profile = [
        (0, -h + 0.003, 0.0), (r - 0.003, -h + 0.003, 0.05), (r - 0.002, -h, 0.06), (r, -h + 0.004, 0.1),
        (r, h - 0.004, 0.9), (r - 0.002, h, 0.94), (r - 0.004, h - 0.004, 0.95), (0, h - 0.004, 1.0),
    ]  # fmt: skip
    shape = Primitive(mujoco.mjtGeom.mjGEOM_CYLINDER, (r, h))
    return Thing(name, mass_kg, h, lathe(profile), painter, (shape,))


def ball(name: str, radius_m: float, mass_kg: float, painter: Painter) -> Thing:
    """Return a ball."""
    latitude = np.linspace(-np.pi / 2, np.pi / 2, 15)
    profile = [(radius_m * np.cos(a), radius_m * np.sin(a), a / np.pi + 0.5) for a in latitude]
    profile[0], profile[-1] = (0.0, -radius_m, 0.0), (0.0, radius_m, 1.0)
    shape = Primitive(mujoco.mjtGeom.mjGEOM_SPHERE, (radius_m,))
    return Thing(name, mass_kg, radius_m, lathe(profile, segments=24), painter, (shape,))


def bottle(name: str, mass_kg: float, painter: Painter) -> Thing:
    """Return a bottle, 20 cm tall: body, shoulder, neck and cap."""
    r, neck, h = 0.032, 0.014, 0.10
    profile = [
        (0, -h, 0.0), (r - 0.004, -h, 0.02), (r, -h + 0.006, 0.05), (r, 0.03, 0.70), (r - 0.005, 0.045, 0.76),
        (neck, 0.068, 0.84), (neck, 0.08, 0.86), (neck + 0.003, 0.08, 0.90), (neck + 0.003, h, 0.97),
        (0, h, 1.0),
    ]  # fmt: skip
    cylinder = mujoco.mjtGeom.mjGEOM_CYLINDER
    return Thing(
        name,
        mass_kg,
        h,
        lathe(profile),
        painter,
        (
            Primitive(cylinder, (r, 0.07), (0, 0, -0.03)),
            Primitive(cylinder, (neck + 0.003, 0.03), (0, 0, 0.07)),
        ),
    )


def mug(name: str, mass_kg: float, painter: Painter) -> Thing:
    """Return a mug that is hollow and has a handle on its +x side."""
    r, inner, h = 0.041, 0.036, 0.048
    profile = [
        (0, -h, 0.0), (r - 0.004, -h, 0.02), (r, -h + 0.005, 0.04), (r, h, 0.96), (inner, h, 0.98),
        (inner, -h + 0.008, 0.99), (0, -h + 0.008, 1.0),
    ]  # fmt: skip
    staves, middle = 10, (r + inner) / 2
    width = middle * np.tan(np.pi / staves)
    primitives = [Primitive(mujoco.mjtGeom.mjGEOM_CYLINDER, (r, 0.004), (0, 0, -h + 0.004))]
    for angle in np.arange(staves) * 2 * np.pi / staves:
        half = angle / 2
        primitives.append(
            Primitive(
                mujoco.mjtGeom.mjGEOM_BOX,
                ((r - inner) / 2, width, h - 0.004),
                (middle * np.cos(angle), middle * np.sin(angle), 0.004),
                (np.cos(half), 0.0, 0.0, np.sin(half)),
            )
        )
    primitives.append(Primitive(mujoco.mjtGeom.mjGEOM_BOX, (0.006, 0.006, 0.028), (r + 0.022, 0, 0)))
    for z in (-0.025, 0.025):
        primitives.append(Primitive(mujoco.mjtGeom.mjGEOM_BOX, (0.012, 0.006, 0.005), (r + 0.011, 0, z)))
    return Thing(name, mass_kg, h, lathe(profile), painter, tuple(primitives))


CREAM, GOLD, RED, NAVY = (0.95, 0.90, 0.70), (0.93, 0.80, 0.42), (0.80, 0.16, 0.14), (0.18, 0.32, 0.56)
GREEN, ORANGE, WHITE, BLUE = (0.20, 0.52, 0.36), (0.96, 0.62, 0.12), (0.93, 0.94, 0.92), (0.16, 0.44, 0.66)


def printed(ground: Colour, band: Colour, disc: Colour) -> Painter:
    """Return what draws a print of three colours."""
    return lambda rng: label(ground, band, disc)


def _wooden(rng: np.random.Generator) -> Image:
    return wood((0.88, 0.66, 0.40), rng, planks=1, size=128)


def workshop_things() -> tuple[Thing, ...]:
    """Return the objects of the workshop, of shapes that the three-finger hands, or two arms, can hold."""
    return (
        carton("tea_box", (0.032, 0.028, 0.058), 0.15, printed(GREEN, CREAM, GOLD)),
        can("soup_can", 0.033, 0.055, 0.25, printed(RED, CREAM, CREAM)),
        ball("ball", 0.036, 0.06, printed(ORANGE, WHITE, RED)),
        mug("mug", 0.22, printed(WHITE, NAVY, NAVY)),
        bottle("bottle", 0.30, printed(BLUE, WHITE, WHITE)),
        carton("block", (0.026, 0.026, 0.026), 0.08, _wooden),
        carton("carry_box", (0.13, 0.16, 0.10), 0.8, cardboard),
        carton("parcel", (0.09, 0.07, 0.06), 0.3, cardboard),
        can("paint_tin", 0.042, 0.05, 0.4, printed(WHITE, GREEN, GREEN)),
    )
