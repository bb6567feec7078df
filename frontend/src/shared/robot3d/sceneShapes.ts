/** Simple shapes for what stands around the robot. Sizes are for drawing only; the physics is the backend's. */
type Vec3 = [number, number, number];

export interface Part {
  kind: "box" | "cylinder" | "sphere";
  /** Box: full extents; cylinder: radius, height along z; sphere: radius [m]. */
  size: number[];
  at?: Vec3;
  colour: string;
}

const box = (size: Vec3, colour: string, at?: Vec3): Part => ({ kind: "box", size, colour, at });
const cylinder = (radius: number, height: number, colour: string, at?: Vec3): Part => ({
  kind: "cylinder",
  size: [radius, height],
  colour,
  at,
});

const STEEL = "#5b636d";
const CARD = "#b98d58";
const OAK = "#b58a57";
const BEECH = "#c7a274";

/** Movable things, by the names in telemetry, about their own origin. */
const OBJECTS: Readonly<Record<string, readonly Part[]>> = {
  tea_box: [box([0.064, 0.056, 0.116], "#3d8a62")],
  soup_can: [cylinder(0.033, 0.11, "#c5362f")],
  ball: [{ kind: "sphere", size: [0.036], colour: "#f0912a" }],
  mug: [cylinder(0.041, 0.096, "#e8e8e2")],
  bottle: [cylinder(0.032, 0.14, "#3878a8", [0, 0, -0.03]), cylinder(0.016, 0.06, "#e8eef2", [0, 0, 0.07])],
  block: [box([0.052, 0.052, 0.052], "#dcae70")],
  carry_box: [box([0.26, 0.32, 0.2], CARD)],
  parcel: [box([0.18, 0.14, 0.12], CARD)],
  paint_tin: [cylinder(0.042, 0.1, "#dfe6dc")],
  cart: [
    box([0.64, 0.44, 0.04], "#2b62a0", [0, 0, 0.32]),
    cylinder(0.012, 0.5, STEEL, [-0.37, 0.22, 0.61]),
    cylinder(0.012, 0.5, STEEL, [-0.37, -0.22, 0.61]),
    box([0.03, 0.46, 0.03], "#2b2d30", [-0.42, 0, 0.86]),
    ...[-1, 1].flatMap((x) => [-1, 1].map((y) => box([0.1, 0.036, 0.28], STEEL, [x * 0.25, y * 0.19, 0.16]))),
  ],
};

const UNKNOWN: readonly Part[] = [box([0.06, 0.06, 0.06], "#8d96a3")];

const legs = (halfX: number, halfY: number, height: number, x: number, y: number): Part[] =>
  [-1, 1].flatMap((sx) => [-1, 1].map((sy) => box([0.04, 0.04, height], STEEL, [x + sx * halfX, y + sy * halfY, height / 2])));

/** Furniture that never moves, by scene, in the world. */
const FURNITURE: Readonly<Record<string, readonly Part[]>> = {
  workshop: [
    box([0.64, 1.5, 0.036], OAK, [0.67, 0, 0.722]),
    ...legs(0.24, 0.67, 0.7, 0.67, 0),
    box([0.9, 0.32, 0.028], BEECH, [0.15, 1.95, 0.606]),
    box([0.9, 0.32, 0.028], BEECH, [0.15, 1.95, 0.946]),
    ...legs(0.45, 0.16, 1.16, 0.15, 1.95),
  ],
};

/** Parts of a movable object; a small cube when it is not known. */
export function partsOf(name: string): readonly Part[] {
  return OBJECTS[name] ?? UNKNOWN;
}

/** Parts of a scene's furniture; none when the scene is not known. */
export function furnitureOf(scene: string): readonly Part[] {
  return FURNITURE[scene] ?? [];
}
