"""Procedural textures: wood, floor, walls, cardboard and labels, painted with numpy when a scene is built.

Every painter returns (height, width, 3) uint8; row 0 is the top of the picture (v = 1).
"""

import mujoco
import numpy as np

Image = np.ndarray
Colour = tuple[float, float, float]
"""Red, green, blue from 0 to 1."""


def add_material(
    spec: mujoco.MjSpec,
    name: str,
    image: Image | None,
    rgba: tuple[float, ...] = (1, 1, 1, 1),
    **surface: float,
) -> str:
    """Add a material, with `image` as its texture when there is one, and return its name.

    `surface` may hold `specular`, `shininess`, `reflectance`, `emission` and `repeat`.
    """
    repeat = surface.pop("repeat", 1.0)
    material = spec.add_material(name=name, rgba=rgba, texrepeat=[repeat, repeat], **surface)
    if image is not None:
        height, width, _ = image.shape
        # OpenGL counts texture rows from the bottom.
        texture = spec.add_texture(
            name=name, type=mujoco.mjtTexture.mjTEXTURE_2D, width=width, height=height, nchannel=3
        )
        texture.data = image[::-1].tobytes()
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
    return name


def noise(height: int, width: int, cells: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return tileable smooth noise in [0, 1] with `cells` random values down and across; (height, width)."""
    grid = rng.random(cells)
    rows, columns = (np.arange(n) * c / n for n, c in zip((height, width), cells, strict=True))
    r0, c0 = rows.astype(int), columns.astype(int)
    fr, fc = rows - r0, columns - c0
    fr, fc = (fr * fr * (3 - 2 * fr))[:, None], (fc * fc * (3 - 2 * fc))[None, :]
    r1, c1 = (r0 + 1) % cells[0], (c0 + 1) % cells[1]
    top = grid[np.ix_(r0, c0)] * (1 - fc) + grid[np.ix_(r0, c1)] * fc
    bottom = grid[np.ix_(r1, c0)] * (1 - fc) + grid[np.ix_(r1, c1)] * fc
    return top * (1 - fr) + bottom * fr


def _shade(colour: Colour, brightness: np.ndarray) -> Image:
    picture = np.asarray(colour) * brightness[..., None]
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)


def wood(colour: Colour, rng: np.random.Generator, planks: int = 4, size: int = 512) -> Image:
    """Return planks of wood whose grain runs along the width."""
    rows = size // planks
    strips = []
    for _ in range(planks):
        wave = noise(rows, size, (3, 4), rng)
        rings = 0.5 + 0.5 * np.sin(2 * np.pi * (6 * np.arange(rows)[:, None] / rows + 2.5 * wave))
        fibre = noise(rows, size, (rows // 2, 6), rng)
        strip = 0.86 + 0.10 * rings + 0.12 * (fibre - 0.5) + rng.uniform(-0.06, 0.06)
        strip[:2] *= 0.62
        strips.append(strip)
    return _shade(colour, np.concatenate(strips))


def floor(
    shadows: list[tuple[float, float, float, float]],
    marked_m: tuple[float, float, float, float],
    half_m: float,
    rng: np.random.Generator,
    size: int = 1536,
) -> Image:
    """Return a square floor of large tiles with soft shadows under the furniture and a marked place.

    Args:
        shadows: Footprints that darken the floor: centre x, y and half extents x, y [m].
        marked_m: Rectangle outlined with yellow tape: least x and y, greatest x and y [m].
        half_m: Half the side of the floor [m]; the picture's columns run along x, its rows along -y.
        rng: Source of the tiles' variation.
        size: Pixels per side.
    """
    along = (np.arange(size) + 0.5) / size * 2 * half_m - half_m
    x, y = along[None, :], -along[:, None]
    tile_m = 0.6
    column, row = np.floor(x / tile_m).astype(int), np.floor(y / tile_m).astype(int)
    tone = rng.uniform(-0.025, 0.025, (64, 64))[row % 64, column % 64]
    joint = np.minimum(np.abs(x / tile_m - np.round(x / tile_m)), np.abs(y / tile_m - np.round(y / tile_m)))
    brightness = 0.93 + tone + 0.07 * (noise(size, size, (40, 40), rng) - 0.5)
    brightness += 0.05 * (noise(size, size, (size // 4, size // 4), rng) - 0.5)
    brightness *= np.where(joint * tile_m < 0.004, 0.72, 1.0)
    brightness *= 1.04 - 0.20 * (x**2 + y**2) / half_m**2
    for centre_x, centre_y, half_x, half_y in shadows:
        outside = np.hypot(
            np.maximum(np.abs(x - centre_x) - half_x, 0), np.maximum(np.abs(y - centre_y) - half_y, 0)
        )
        brightness *= 1 - 0.42 * np.exp(-((outside / 0.16) ** 2))
    picture = _shade((0.80, 0.79, 0.76), brightness)
    left, low, right, high = marked_m
    to_edge = np.maximum(np.maximum(left - x, x - right), np.maximum(low - y, y - high))
    tape = np.abs(to_edge) < 0.022
    picture[tape] = _shade((1.0, 0.80, 0.18), brightness)[tape]
    return picture


def wall(colour: Colour, rng: np.random.Generator, size: int = 512) -> Image:
    """Return a plastered wall with a darker dado, a rail, and the dusk of its corners."""
    height = np.linspace(1, 0, size)[:, None]
    across = np.linspace(-1, 1, size)[None, :]
    brightness = 0.95 + 0.05 * (noise(size, size, (12, 16), rng) - 0.5)
    brightness = brightness + 0.03 * (noise(size, size, (size // 3, size // 3), rng) - 0.5)
    brightness *= 1 - 0.16 * np.exp(-height / 0.07) - 0.10 * np.exp(-(1 - height) / 0.15)
    brightness = brightness * (1 - 0.14 * np.exp(-(1 - np.abs(across)) / 0.06))
    picture = _shade(colour, brightness).astype(float)
    dado = (height < 0.34)[..., 0]
    picture[dado] *= (0.50, 0.58, 0.62)
    picture[((height > 0.34) & (height < 0.352))[..., 0]] *= 0.55
    picture[(height < 0.035)[..., 0]] *= 0.45
    return picture.astype(np.uint8)


def cardboard(rng: np.random.Generator, size: int = 256) -> Image:
    """Return a side of a shipping carton: flutes, a strip of tape and a printed label."""
    flutes = 0.02 * np.sin(2 * np.pi * np.arange(size) * 40 / size)[None, :]
    picture = _shade((0.74, 0.57, 0.38), 0.93 + flutes + 0.14 * (noise(size, size, (24, 24), rng) - 0.5))
    tape = slice(int(size * 0.45), int(size * 0.55))
    picture[tape] = (picture[tape] * 0.45 + np.array([214, 190, 150]) * 0.55).astype(np.uint8)
    label = picture[int(size * 0.62) : int(size * 0.90), int(size * 0.60) : int(size * 0.92)]
    label[:] = 238
    bars = np.repeat(rng.random(40) < 0.5, 2)[: label.shape[1] - 8]
    label[10:40, 4 : 4 + len(bars)][:, bars] = 30
    label[48:52, 6:60] = label[58:62, 6:44] = 90
    return picture


def label(ground: Colour, band: Colour, disc: Colour, size: int = 256) -> Image:
    """Return a wrap-around print: a ground, two bands and a row of discs, for cans, boxes and mugs."""
    v = np.linspace(1, 0, size)[:, None] * np.ones((1, size))
    u = np.linspace(0, 4, size, endpoint=False)[None, :] * np.ones((size, 1))
    picture = np.empty((size, size, 3))
    picture[:] = ground
    picture[(np.abs(v - 0.5) > 0.30) & (np.abs(v - 0.5) < 0.36)] = band
    picture[np.hypot(u % 1 - 0.5, (v - 0.5) * 2.2) < 0.36] = disc
    picture[np.hypot(u % 1 - 0.5, (v - 0.5) * 2.2) < 0.20] = ground
    return (picture * 255).astype(np.uint8)


def window(rng: np.random.Generator, size: int = 256) -> Image:
    """Return a window with a frame, a bright sky and soft clouds."""
    v, u = np.broadcast_arrays(np.linspace(1, 0, size)[:, None], np.linspace(0, 1, size)[None, :])
    cloud = 0.6 * noise(size, size, (3, 4), rng) + 0.4 * noise(size, size, (7, 9), rng)
    cloud = np.clip((cloud - 0.42) * 2.2, 0, 1)[..., None]
    sky = (1 - v[..., None]) * np.array([0.90, 0.95, 0.98]) + v[..., None] * np.array([0.52, 0.72, 0.93])
    picture = sky * (1 - cloud) + cloud
    to_frame = np.minimum.reduce([v, 1 - v, u, 1 - u, np.abs(u - 0.5) + 0.02])
    picture[to_frame < 0.04] = (0.30, 0.31, 0.33)
    return (picture * 255).astype(np.uint8)


def poster(size: int = 256) -> Image:
    """Return a poster: a red sun over indigo waves."""
    v, u = np.broadcast_arrays(np.linspace(1, 0, size)[:, None], np.linspace(0, 1, size)[None, :])
    picture = np.empty((size, size, 3))
    picture[:] = (0.94, 0.90, 0.80)
    picture[np.hypot(u - 0.5, (v - 0.62) * 1.38) < 0.27] = (0.80, 0.20, 0.16)
    for height, colour in (
        (0.42, (0.30, 0.42, 0.60)),
        (0.30, (0.20, 0.30, 0.48)),
        (0.18, (0.12, 0.19, 0.34)),
    ):
        picture[v < height + 0.03 * np.sin(2 * np.pi * (3 * u + 4 * height))] = colour
    picture[np.minimum.reduce([u, 1 - u, v, 1 - v]) < 0.03] = (0.16, 0.16, 0.18)
    return (picture * 255).astype(np.uint8)
