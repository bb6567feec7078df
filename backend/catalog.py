"""Names of everything that can be swapped, as `module:Class` strings that are imported on demand.

Adding a robot, an input, a scene or a controller is one new file and one line here;
`tests/test_conformance.py` walks these tables.
"""

from importlib import import_module
from typing import Any

ROBOTS = {"sim_g1": "devices.robots.sim_g1:SimG1"}
INPUTS = {
    "browser": "devices.inputs.browser:BrowserInput",
    "replay": "devices.inputs.replay:ReplayInput",
}
SCENES = {"workshop": "devices.scenes.workshop:Workshop"}
CAMERAS = {"sim": "devices.scenes.cameras:SimCameras"}
LOCOMOTION = {
    "dcm_wbc": "backend.core.locomotion.dcm_wbc:DcmWholeBody",
    "onnx": "backend.core.locomotion.onnx_policy:OnnxPolicy",
}
RUNNERS = {"local": "trainer.jobs.local:LocalRunner"}
JOBS = {"train": "trainer.training.job:TrainJob", "demos": "trainer.jobs.demos:DemosJob"}


def load(table: dict[str, str], name: str) -> Any:
    """Import and return the entry `name`; raises ValueError that lists what there is."""
    if name not in table:
        raise ValueError(f"unknown name {name!r}; available: {', '.join(sorted(table))}")
    module, _, attribute = table[name].partition(":")
    return getattr(import_module(module), attribute)
