"""Meshes with texture coordinates, so that labels wrap round cans and cartons show their print."""

from typing import NamedTuple

import mujoco
import numpy as np

CREASE_RAD = np.deg2rad(40.0)
"""A profile that bends more than this keeps a sharp edge."""


class Surface(NamedTuple):
    """A triangle mesh: vertices [m] and normals (n, 3), texture coordinates (n, 2), faces (m, 3)."""

    vertices: np.ndarray
    normals: np.ndarray
    texcoords: np.ndarray
    faces: np.ndarray


def lathe(profile: list[tuple[float, float, float]], segments: int = 28) -> Surface:
    """Return the surface swept by turning `profile` about z.

    Args:
        profile: Points (radius [m], z [m], v), outside to the right when walking along them. v is the
            texture coordinate; u runs once around.
        segments: Sides of the polygon that stands for a circle.
    """
    points = np.asarray(profile, dtype=float)
    steps = np.diff(points[:, :2], axis=0)
    outward = np.stack([steps[:, 1], -steps[:, 0]], axis=1) / np.linalg.norm(steps, axis=1)[:, None]
    angle = np.linspace(0, 2 * np.pi, segments + 1)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rings, normals = [], []
    for k, out in enumerate(outward):
        for end, neighbour in ((k, k - 1), (k + 1, k + 1)):
            normal = out
            if 0 <= neighbour < len(outward) and out @ outward[neighbour] > np.cos(CREASE_RAD):
                normal = out + outward[neighbour]
                normal = normal / np.linalg.norm(normal)
            rings.append(points[end])
            normals.append(normal)
    ring, normal = np.array(rings), np.array(normals)
    shape = (len(ring), segments + 1)
    radial = around[None] * ring[:, None, :1]
    vertices = np.concatenate([radial, np.broadcast_to(ring[:, None, 1:2], (*shape, 1))], axis=2)
    normal_xy = around[None] * normal[:, None, :1]
    normals_xyz = np.concatenate([normal_xy, np.broadcast_to(normal[:, None, 1:2], (*shape, 1))], axis=2)
    u = np.broadcast_to(angle[None] / (2 * np.pi), shape)
    v = np.broadcast_to(ring[:, None, 2], shape)
    faces = []
    for band in range(0, len(ring), 2):
        for s in range(segments):
            a, b = band * (segments + 1) + s, (band + 1) * (segments + 1) + s
            if ring[band, 0] > 0:
                faces.append((a, a + 1, b))
            if ring[band + 1, 0] > 0:
                faces.append((a + 1, b + 1, b))
    return Surface(
        vertices.reshape(-1, 3),
        normals_xyz.reshape(-1, 3),
        np.stack([u, v], axis=2).reshape(-1, 2),
        np.array(faces),
    )


def box(half_m: tuple[float, float, float]) -> Surface:
    """Return a box whose six sides each show the whole texture, upright on the four walls."""
    vertices, normals, texcoords, faces = [], [], [], []
    for axis in range(3):
        for sign in (1.0, -1.0):
            normal = np.zeros(3)
            normal[axis] = sign
            up = np.array([0.0, 0.0, 1.0]) if axis < 2 else np.array([0.0, 1.0, 0.0])
            right = np.cross(up, normal)
            first = len(vertices)
            for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
                corner = normal + (2 * u - 1) * right + (2 * v - 1) * up
                vertices.append(corner * half_m)
                normals.append(normal)
                texcoords.append((u, v))
            faces += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
    return Surface(np.array(vertices), np.array(normals), np.array(texcoords, dtype=float), np.array(faces))


def add_surface(spec: mujoco.MjSpec, name: str, surface: Surface) -> str:
    """Add `surface` to `spec` as a mesh and return its name."""
    spec.add_mesh(
        name=name,
        uservert=surface.vertices.ravel(),
        usernormal=surface.normals.ravel(),
        usertexcoord=surface.texcoords.ravel(),
        userface=surface.faces.ravel(),
        userfacenormal=surface.faces.ravel(),
        userfacetexcoord=surface.faces.ravel(),
        inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL,
    )
    return name
