"""Keeps arms, torso, head and legs apart, as linear constraints of the QP."""

import numpy as np
import pinocchio as pin
from pink import Configuration
from pink.limits import Limit

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.ik.joint_box import JointBox
from backend.core.ik.legs import FoldingLegs
from backend.core.ik.model import BodyModel
from backend.core.ik.segments import closest_points

KEEP_M = 0.010
"""Gap that is never used up."""

NOTICE_M = 0.080
"""Pairs further apart than this are left out of the QP."""

TOUCHING_M = KEEP_M + 0.005
"""Pairs nearer than this hold the arms back."""

CLOSING_1_S = 8.0
"""Two capsules may close what is left of their gap at this rate; slow enough to be braked in time."""


class SelfCollision(Limit):
    r"""Velocity damper on the distance d of every pair of capsules.

    With n the unit vector from b to a and J the Jacobians of the closest points,

        n^T (J_a - J_b) dq  >=  -CLOSING (d - KEEP) h

    A pair that is already too close is driven apart, as fast as the joints can; where several cannot
    be at once, the solver asks only that none comes nearer.
    """

    def __init__(self, spec: RobotSpec, body: BodyModel, box: JointBox) -> None:
        self._box = box
        in_body = [capsule for capsule in spec.capsules if capsule.link in body.joint_of_link]
        legs = [capsule for capsule in spec.capsules if capsule.link not in body.joint_of_link]
        capsules = [*in_body, *legs]
        self._legs = FoldingLegs(body.robot, spec, legs)
        self.joint = np.array(
            [body.joint_of_link[capsule.link] for capsule in in_body] + [body.pelvis_joint] * len(legs)
        )
        self._joints_used = sorted({int(joint) for joint in self.joint})
        self._local = np.array(
            [[body.placement_of_link[c.link].act(end) for end in (c.start_m, c.end_m)] for c in in_body]
        ).reshape(-1, 2, 3)
        names = [capsule.name for capsule in capsules]
        self.first = np.array([names.index(a) for a, _ in spec.keep_apart], dtype=int)
        self.second = np.array([names.index(b) for _, b in spec.keep_apart], dtype=int)
        radii = np.array([capsule.radius_m for capsule in capsules])
        self.radii = radii[self.first] + radii[self.second]
        self._pairs = spec.keep_apart
        self.touching: list[tuple[str, str]] = []
        """Pairs that were as near as they may be when the QP was last built."""

    def ends(self, height_m: float) -> Array:
        """Return (n, 2, 3) start and end of every capsule in the frame of its joint [m]."""
        return np.concatenate([self._local, self._legs.ends(height_m)])

    def distances(self, data: pin.Data, height_m: float) -> tuple[Array, Array, Array]:
        """Return (n,) gaps of all pairs [m] and their (n, 3) closest axis points, for placed joints.

        Args:
            data: Data of the body model after forward kinematics.
            height_m: Pelvis height, which tells how far the legs are folded.
        """
        rotation = np.empty((len(data.oMi), 3, 3))
        origin = np.empty((len(data.oMi), 3))
        for joint in self._joints_used:
            T = data.oMi[joint]
            rotation[joint], origin[joint] = T.rotation, T.translation
        ends = (
            np.einsum("nij,nkj->nki", rotation[self.joint], self.ends(height_m)) + origin[self.joint][:, None]
        )
        a, b = ends[self.first], ends[self.second]
        on_a, on_b = closest_points(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
        gap = on_a - on_b
        return np.sqrt(np.einsum("ij,ij->i", gap, gap)) - self.radii, on_a, on_b

    def near(self, data: pin.Data, height_m: float) -> bool:
        """Return whether any pair is near enough to matter; arguments as of `distances`."""
        return bool((self.distances(data, height_m)[0] < NOTICE_M).any())

    def compute_qp_inequalities(self, configuration: Configuration, dt: float) -> tuple[Array, Array] | None:
        """Return G, h with G dq <= h for the pairs that are near, or None."""
        model, data = configuration.model, configuration.data
        distance, on_a, on_b = self.distances(data, configuration.q[0])
        near = np.flatnonzero(distance < NOTICE_M)
        self.touching = [self._pairs[pair] for pair in near if distance[pair] < TOUCHING_M]
        if not near.size:
            return None
        normal = on_a[near] - on_b[near]
        normal /= np.maximum(np.sqrt(np.einsum("ij,ij->i", normal, normal)), 1e-9)[:, None]
        G = self._slopes(model, data, self.second[near], on_b[near], normal) - self._slopes(
            model, data, self.first[near], on_a[near], normal
        )
        h = CLOSING_1_S * dt * (distance[near] - KEEP_M)
        at_most = np.minimum(G * self._box.slowest, G * self._box.fastest).sum(axis=1)
        return G, np.maximum(h, at_most)

    def _slopes(self, model: pin.Model, data: pin.Data, capsule: Array, point: Array, normal: Array) -> Array:
        """Return (n, nv) change of each point's coordinate along its normal per unit of each joint."""
        joint = self.joint[capsule]
        jacobian = np.empty((len(data.oMi), 6, model.nv))
        origin = np.empty((len(data.oMi), 3))
        for j in set(joint.tolist()):
            jacobian[j] = pin.getJointJacobian(model, data, j, pin.ReferenceFrame.LOCAL_WORLD_ALIGNED)
            origin[j] = data.oMi[j].translation
        arm = point - origin[joint]
        moment = arm[:, [1, 2, 0]] * normal[:, [2, 0, 1]] - arm[:, [2, 0, 1]] * normal[:, [1, 2, 0]]
        return np.einsum("ni,nij->nj", np.hstack([normal, moment]), jacobian[joint])
