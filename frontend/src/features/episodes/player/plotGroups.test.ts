import { describe, expect, it } from "vitest";
import { dashOf, entityOf, plotGroups } from "./plotGroups";

describe("plotGroups", () => {
  const names = [
    "action.left_elbow_joint",
    "sent.left_elbow_joint",
    "state.left_elbow_joint",
    "state.left_knee_joint",
    "state.right_hand_index_0_joint",
    "sent.torso_pitch",
    "torso.pitch",
    "sent.base_height",
    "base.height",
    "clips",
  ];

  it("puts asked, sent and measured of an arm together and leaves legs out", () => {
    const groups = plotGroups(names);
    expect(groups.map(({ label }) => label)).toEqual(["Left arm", "Right hand", "Torso", "Height", "Clips"]);
    expect(groups[0]?.names).toEqual(names.slice(0, 3));
    expect(groups.flatMap((group) => group.names)).not.toContain("state.left_knee_joint");
  });

  it("gives one joint one colour and tells its lines apart by their dashes", () => {
    expect(entityOf("torso.pitch")).toBe(entityOf("sent.torso_pitch"));
    expect(entityOf("base.height")).toBe(entityOf("sent.base_height"));
    const dashes = names.slice(0, 3).map((name) => JSON.stringify(dashOf(name)));
    expect(new Set(dashes).size).toBe(3);
  });
});
