"""Light copies of a robot's meshes, for rendering without a GPU and for the browser.

The STL files of the G1 hold half a million triangles; drawing is vertex-bound on a CPU, so they are
simplified once, at first start, by quadric error.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from backend.core.contracts.robot import RobotSpec
from backend.runtime.cache import build_once, content_key

FACES = 1200
"""Triangles kept per mesh: at 12 cm from a wrist camera the loss does not show."""
FACES_OF = {"head_link": 2500, "torso_link": 3000, "hand_palm": 2000, "hand_": 700}
"""Triangles kept of meshes whose name contains the key; the first match counts."""


def face_budget(name: str) -> int:
    """Return how many triangles the mesh `name` may keep."""
    return next((faces for key, faces in FACES_OF.items() if key in name), FACES)


def simplify(source: Path, target: Path, faces: int) -> tuple[int, int]:
    """Write `source` (STL) to `target` with at most about `faces` triangles; return before and after."""
    # Only needed at first start, and slow to import.
    import fast_simplification
    import trimesh

    mesh = trimesh.load_mesh(source)
    before = len(mesh.faces)
    # The simplifier's tolerances are absolute and made for millimetres; seams a tenth wide would hold it up.
    mesh.apply_scale(1000.0)
    mesh.merge_vertices(digits_vertex=1)
    mesh.update_faces(mesh.nondegenerate_faces() & mesh.unique_faces())
    if len(mesh.faces) > faces:
        vertices, triangles = fast_simplification.simplify(
            mesh.vertices.astype(np.float32), mesh.faces.astype(np.int32), target_count=faces, agg=5
        )
        mesh = trimesh.Trimesh(vertices, triangles, process=False)
    mesh.apply_scale(0.001)
    mesh.export(target)
    return before, len(mesh.faces)


def decimated_mesh_dir(
    spec: RobotSpec,
    cache_dir: Path,
    report: Callable[[str], None] = lambda text: print(text, file=sys.stderr),
) -> Path:
    """Return a folder with a light copy of every mesh of the URDF, under the same file names.

    The folder is made at the first call and found again afterwards; its name holds a hash of the sources
    and budgets, so that a new robot description gets a new folder. `report` gets one line of progress per
    mesh while it is made.

    Raises:
        FileNotFoundError: `spec.mesh_dir` holds no STL file that the URDF names.
    """
    urdf = Path(spec.urdf_path).read_text()
    sources = [mesh for mesh in sorted(Path(spec.mesh_dir).glob("*.STL")) if f"/{mesh.name}" in urdf]
    if not sources:
        raise FileNotFoundError(
            f"none of the meshes of {spec.urdf_path} is in {spec.mesh_dir}; run `make setup`"
        )
    budgets = [face_budget(source.stem) for source in sources]
    key = content_key([spec.name, repr(budgets), *(source.name for source in sources), *sources])

    def build(folder: Path) -> None:
        folder.mkdir()
        for number, (source, budget) in enumerate(zip(sources, budgets, strict=True), 1):
            before, after = simplify(source, folder / source.name, budget)
            report(f"meshes {number}/{len(sources)}: {source.stem} {before} -> {after} triangles")

    return build_once(cache_dir / f"meshes-{spec.name}-{key}", build)
