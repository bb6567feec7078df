"""dex-retargeting on the Dex3-1, for comparison with our own retargeting on the same joints of the hand."""

import contextlib
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
from dex_retargeting.retargeting_config import RetargetingConfig

from backend.core.hands.by_tips import palm_axes
from backend.core.hands.dex3_limits import hand_joints
from backend.core.hands.dex3_model import TIP_LINKS, TIP_M, TIPS
from backend.core.hands.human import node

SCALE = 1.05
"""Of the robot's hand against the person's; between the factors that projects with this robot use."""
MEDIAPIPE_TIPS = (4, 8, 12)
ALPHA = 1.0
"""No low-pass filter: ours has none either."""


def hand_urdf(urdf_path: str, side: str, folder: Path) -> Path:
    """Write the part of the robot's URDF below one palm, without meshes and with links at the finger tips."""
    root = ET.parse(urdf_path).getroot()
    keep = {f"{side}_hand_palm_link"}
    hand = ET.Element("robot", name=f"{side}_hand")
    joints = list(root.iter("joint"))
    for joint in joints:
        if joint.find("parent") is not None and joint.find("parent").get("link") in keep:
            keep.add(joint.find("child").get("link"))
            hand.append(joint)
    for link in keep:
        ET.SubElement(hand, "link", name=link)
    for finger, link in TIP_LINKS.items():
        reach = (0.0, -TIP_M if side == "left" else TIP_M, 0.0) if finger == "thumb" else (TIP_M, 0.0, 0.0)
        ET.SubElement(hand, "link", name=finger)
        joint = ET.SubElement(hand, "joint", name=f"{finger}_tip", type="fixed")
        ET.SubElement(joint, "parent", link=f"{side}_hand_{link}_link")
        ET.SubElement(joint, "child", link=finger)
        ET.SubElement(joint, "origin", xyz=" ".join(map(str, reach)))
    path = folder / f"{side}_hand.urdf"
    ET.ElementTree(hand).write(path)
    return path


class DexRetargetingHand:
    """Maps (25, 7) joints of a human hand to (7,) joints of the robot's, with `vector` or `dexpilot`."""

    def __init__(self, spec, side: str, kind: str, folder: Path) -> None:
        palm = f"{side}_hand_palm_link"
        config = {
            "type": kind,
            "urdf_path": str(hand_urdf(spec.urdf_path, side, folder)),
            "target_joint_names": list(hand_joints(spec, side)),
            "scaling_factor": SCALE,
            "low_pass_alpha": ALPHA,
        }
        if kind == "vector":
            config |= {
                "target_origin_link_names": [palm] * 3,
                "target_task_link_names": list(TIPS),
                "target_link_human_indices": np.array([[0] * 3, list(MEDIAPIPE_TIPS)]),
            }
        else:
            config |= {"wrist_link_name": palm, "finger_tip_link_names": list(TIPS)}
        self._solver = RetargetingConfig.from_dict(config).build()
        names = list(self._solver.joint_names)
        self._order = [names.index(joint) for joint in hand_joints(spec, side)]
        self._indices = self._solver.optimizer.target_link_human_indices

    def retarget(self, nodes: np.ndarray) -> np.ndarray:
        """Return the (7,) joints [rad] in the order of `hand_joints`."""
        points = np.zeros((21, 3))
        tips = nodes[[node(f"{finger}_tip") for finger in TIPS], :3] - nodes[node("wrist"), :3]
        points[list(MEDIAPIPE_TIPS)] = tips @ palm_axes(nodes[:, :3]).T
        origin, task = self._indices
        with contextlib.redirect_stdout(io.StringIO()):
            return self._solver.retarget(points[task] - points[origin])[self._order]
