"""Names of everything that can be swapped, as `module:Class` strings that are imported on demand.

Adding a robot, an input, a scene or a controller is one new file and one line here;
`tests/test_conformance.py` walks these tables.
"""

from importlib import import_module
from typing import Any

ROBOTS = {
    "sim_g1": "devices.robots.sim_g1:SimG1",
    "unitree_g1": "devices.robots.unitree_g1:UnitreeG1",
}
ROBOT_SIDES = {"sim_g1": "backend.runtime.world", "unitree_g1": "backend.runtime.body"}
"""For each robot the module of the process that runs its side: balance, watchdog, motors."""
BODIES = {"unitree_g1": "devices.robots.unitree.body:G1Body"}
"""For each robot of hardware what its side reads and drives."""
ROBOT_DEFAULTS = {
    "sim_g1": {"locomotion": "dcm_wbc", "cameras": "sim"},
    "unitree_g1": {"locomotion": "unitree", "cameras": "network_jpeg"},
}
"""For each robot what its settings are when nobody sets them."""
INPUTS = {
    "browser": "devices.inputs.browser:BrowserInput",
    "replay": "devices.inputs.replay:ReplayInput",
    "policy": "devices.inputs.policy:PolicyInput",
    "rig": "devices.inputs.rig:RigInput",
}
RIG_DEVICES = {
    "pico": "devices.inputs.pico.build:headset_app",
    "xrobotoolkit": "devices.inputs.pico.build:vendor_service",
    "manus": "devices.inputs.manus.build:bridge",
    "manus_ros2": "devices.inputs.manus.build:ros2",
}
"""Worn devices that the rig process can run: functions that build one from the settings and a robot."""
TASKS = {
    "pick_place": "devices.scenes.tasks.pick_place:PickPlace",
    "squat_place": "devices.scenes.tasks.squat_place:SquatPlace",
    "push_cart": "devices.scenes.tasks.push_cart:PushCart",
    "carry_box": "devices.scenes.tasks.carry_box:CarryBox",
}
"""Scenes with a goal; each is a scene as well."""
SCENES = {"workshop": "devices.scenes.workshop:Workshop", **TASKS}
CAMERAS = {
    "sim": "devices.scenes.cameras:SimCameras",
    "network_jpeg": "devices.cameras.network_jpeg:NetworkJpeg",
}
LOCOMOTION = {
    "dcm_wbc": "backend.core.locomotion.dcm_wbc:DcmWholeBody",
    "onnx": "backend.core.locomotion.onnx_policy:OnnxPolicy",
    "unitree": "devices.robots.unitree.walking:UnitreeWalking",
    "posture": "backend.core.locomotion.posture:Posture",
}
DEMONSTRATORS = {
    "pick_place": "trainer.demos.pick_place:pick_place",
    "squat_place": "trainer.demos.squat_place:squat_place",
    "push_cart": "trainer.demos.push_cart:push_cart",
    "carry_box": "trainer.demos.carry_box:carry_box",
}
"""For each task the script by which a scripted operator does it."""
MERGERS = {
    "naive": "backend.core.policy.merge:NaiveSwitch",
    "blend": "backend.core.policy.merge:CrossFade",
    "ensemble": "backend.core.policy.merge:TemporalEnsemble",
    "rtc": "backend.core.policy.merge:RealTimeChunking",
}
"""How a policy's new chunk takes the place of the old one."""
POLICIES = {
    "lerobot": "trainer.policy_server.checkpoint:LeRobotPolicy",
    "hold": "trainer.policies.hold:Hold",
    "replay": "trainer.policies.replay:Replay",
}
"""What a policy server can serve."""
BASELINES = {
    "hold": "trainer.evaluation.contestants:nothing",
    "replay": "trainer.evaluation.contestants:random_demonstration",
}
"""Policies that every learned one is compared with, and where each finds its source for a trial."""
DIALECTS = {
    "bunraku": "backend.runtime.policy_dialect:Bunraku",
    "openpi": "backend.runtime.policy_dialect:OpenPi",
}
"""How the robot's side talks to a policy server."""
RUNNERS = {"local": "trainer.jobs.local:LocalRunner", "slurm": "trainer.jobs.slurm:SlurmRunner"}
JOBS = {
    "train": "trainer.training.job:TrainJob",
    "demos": "trainer.jobs.demos:DemosJob",
    "evaluate": "trainer.jobs.evaluate:EvaluateJob",
}


def load(table: dict[str, str], name: str) -> Any:
    """Import and return the entry `name`; raises ValueError that lists what there is."""
    if name not in table:
        raise ValueError(f"unknown name {name!r}; available: {', '.join(sorted(table))}")
    module, _, attribute = table[name].partition(":")
    return getattr(import_module(module), attribute)
