"""Cost of the pictures: CPU time per picture of each camera, and what the configured rates need of a core."""

import argparse
import time

from benchmarks.report import report

FULL, QUICK = 300, 60
WARM_UP = 5


def main() -> None:
    """Draw every camera of the configured robot while its arms move over the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} pictures per camera instead of {FULL}")
    pictures = QUICK if parser.parse_args().quick else FULL

    from devices.scenes import gl

    gl.choose_backend()
    import numpy as np

    from backend import catalog
    from backend.core.contracts.world import WorldState
    from backend.runtime.scene_model import compiled_scene
    from backend.settings import settings
    from devices.scenes.cameras import SimCameras
    from devices.scenes.hero import hero_qpos

    spec = catalog.load(catalog.ROBOTS, settings().robot).spec
    begun_s = time.perf_counter()
    model = compiled_scene(settings())
    load_s = time.perf_counter() - begun_s
    reaching = hero_qpos(model, spec)
    arms = [model.joint(name).qposadr[0] for name in spec.arm_joints]
    source = SimCameras()
    source.open_model(model, spec.cameras)

    def world(number: int) -> WorldState:
        qpos = reaching.copy()
        qpos[arms] += 0.15 * np.sin(0.1 * number + np.arange(len(arms)))
        return WorldState(t_ns=number, seq=number, objects=(), object_poses=np.zeros(0), qpos=qpos)

    rows, core = [], 0.0
    for camera in source.cameras:
        cpu_s, wall_ms = 0.0, []
        for number in range(WARM_UP + pictures):
            state = world(number)
            cpu_begun_s, wall_begun_s = time.process_time(), time.perf_counter()
            source.grab(camera, state)
            if number >= WARM_UP:
                cpu_s += time.process_time() - cpu_begun_s
                wall_ms.append((time.perf_counter() - wall_begun_s) * 1e3)
        cpu_ms = cpu_s / pictures * 1e3
        core += cpu_ms * 1e-3 * camera.fps
        rows.append(
            {
                "camera": camera.name,
                "size": f"{camera.width}x{camera.height}",
                "fps": camera.fps,
                "cpu_ms": cpu_ms,
                "wall_p50_ms": float(np.median(wall_ms)),
                "core": f"{cpu_ms * 0.1 * camera.fps:.0f} %",
            }
        )
    source.close()
    report(
        "render",
        rows,
        core_fraction=core,
        head_cpu_ms=rows[0]["cpu_ms"],
        wrist_cpu_ms=max(row["cpu_ms"] for row in rows[1:]),
        load_s=load_s,
        renderer=source.renderer,
    )


if __name__ == "__main__":
    main()
