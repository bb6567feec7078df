/** Which columns are plotted together. Names come from the episode itself, so any robot works. */
export interface PlotGroup {
  label: string;
  unit: string;
  names: string[];
}

type Rule = { label: string; unit: string; test: RegExp };

const JOINT = String.raw`(?:shoulder|elbow|wrist)`;
const RULES: readonly Rule[] = [
  { label: "Left arm", unit: "rad", test: new RegExp(`^(?:action|sent|state)\\.left_${JOINT}`) },
  { label: "Right arm", unit: "rad", test: new RegExp(`^(?:action|sent|state)\\.right_${JOINT}`) },
  { label: "Left hand", unit: "rad", test: /^(?:sent|state)\.left_hand_/ },
  { label: "Right hand", unit: "rad", test: /^(?:sent|state)\.right_hand_/ },
  { label: "Torso", unit: "rad", test: /^(?:sent\.torso_|torso\.)/ },
  { label: "Height", unit: "m", test: /^(?:sent\.base_height|base\.height)$/ },
  { label: "Walking", unit: "m/s, rad/s", test: /^sent\.base_(?:vx|vy|yaw_rate)$/ },
  { label: "Finger force", unit: "N", test: /^force\./ },
  { label: "Clips", unit: "per tick", test: /^clips$/ },
];

/** Groups that have at least one column, in a fixed order. */
export function plotGroups(available: readonly string[]): PlotGroup[] {
  return RULES.map(({ label, unit, test }) => ({ label, unit, names: available.filter((name) => test.test(name)) })).filter(
    ({ names }) => names.length > 0,
  );
}

/** `state.left_elbow_joint` -> entity `left_elbow_joint`, to give asked, sent and measured one colour. */
export function entityOf(name: string): string {
  const [kind = "", ...rest] = name.split(".");
  const entity = rest.join(".");
  if (kind === "torso") return `torso_${entity}`;
  if (kind === "base") return `base_${entity}`;
  return entity || kind;
}

/** Dash pattern by what a column is: asked dotted, sent dashed, measured solid. */
export function dashOf(name: string): number[] | undefined {
  if (name.startsWith("action.")) return [1, 3];
  if (name.startsWith("sent.")) return [6, 3];
  return undefined;
}
