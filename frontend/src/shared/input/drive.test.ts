import { expect, test } from "vitest";
import { IDLE, isMoving, rateFrame, SPEED } from "./drive";
import { gamepadDrive, type Layer, type PadState, shape } from "./gamepadDrive";
import { keyboardDrive } from "./keyboardDrive";
import { DEFAULT_KEYS } from "./keyBindings";
import { DEFAULT_PAD, padConflicts, parsePad } from "./padBindings";

const LEFT = { left: true, right: false };
const hands = { left: { grip: 1, pinch: null }, right: { grip: null, pinch: 0.5 } };
const keys = (...codes: string[]) => keyboardDrive(new Set(codes), DEFAULT_KEYS, LEFT);

const pad = (axes: number[], ...down: number[]): PadState => ({
  axes,
  buttons: Array.from({ length: 17 }, (_, i) => (down.includes(i) ? 1 : 0)),
});
const stick = (state: PadState, layer: Layer) => gamepadDrive(state, DEFAULT_PAD, layer);

test("keys move along the axes of the heading frame", () => {
  expect(keys("KeyW").base).toEqual([SPEED.walk_m_s, 0, 0]);
  expect(keys("KeyQ", "KeyA").base).toEqual([0, SPEED.step_m_s, SPEED.turn_rad_s]);
  expect(keys("KeyI", "KeyJ", "KeyO").twist.slice(0, 3)).toEqual([SPEED.hand_m_s, SPEED.hand_m_s, SPEED.hand_m_s]);
  expect(keys("ArrowDown").twist[4]).toBe(SPEED.hand_rad_s);
  expect(keys("KeyT", "KeyC", "KeyX").torso).toEqual([SPEED.torso_rad_s, SPEED.torso_rad_s, SPEED.torso_rad_s]);
  expect(keys("KeyB").height).toBe(-SPEED.height_m_s);
});

test("opposite keys cancel", () => {
  expect(isMoving(keys("KeyW", "KeyS", "KeyI", "KeyK", "KeyN", "KeyB"))).toBe(false);
});

test("without the deadman a frame asks for nothing, and leaves the fingers alone", () => {
  const frame = rateFrame(keys("KeyW", "KeyI"), hands, "keyboard", 1, 5);
  expect(frame).toMatchObject({ deadman: false, moving: false, base_velocity: [0, 0, 0], height_rate_m_s: 0 });
  expect(frame.left?.twist).toEqual([0, 0, 0, 0, 0, 0]);
  expect(frame.left?.grip).toBeUndefined();
});

test("with the deadman the twist goes to the chosen arm, and fingers to their own", () => {
  const frame = rateFrame(keys("ShiftLeft", "KeyI"), hands, "keyboard", 7, 5.25);
  expect(frame).toMatchObject({ seq: 7, source_t_ns: 5_250_000, deadman: true, moving: true });
  expect(frame.left).toMatchObject({ clutch: false, twist: [SPEED.hand_m_s, 0, 0, 0, 0, 0], grip: 1 });
  expect(frame.right).toMatchObject({ twist: [0, 0, 0, 0, 0, 0], grip: null, pinch: 0.5 });
});

test("holding the deadman alone is not motion", () => {
  expect(rateFrame({ ...IDLE, deadman: true }, hands, "keyboard", 1, 0)).toMatchObject({ deadman: true, moving: false });
});

test("a stick is dead in the middle, monotone, and full at the rim", () => {
  expect(shape(0.1)).toBe(0);
  expect(shape(1)).toBe(1);
  expect(shape(-1)).toBe(-1);
  const values = Array.from({ length: 50 }, (_, i) => shape(i / 49));
  values.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(values[i] as number));
});

test("bumpers are deadman and choice of arm", () => {
  expect(stick(pad([0, 0, 0, 0]), "move").deadman).toBe(false);
  expect(stick(pad([0, 0, 0, 0], 4), "move")).toMatchObject({ deadman: true, arms: { left: true, right: false } });
  expect(stick(pad([0, 0, 0, 0], 4, 5), "move").arms).toEqual({ left: true, right: true });
});

test("each layer gives the sticks one meaning", () => {
  const push = pad([0, -1, 0, -1], 5);
  expect(stick(push, "move").twist.slice(0, 3)).toEqual([SPEED.hand_m_s, -0, SPEED.hand_m_s]);
  expect(stick(push, "move").base).toEqual([0, 0, 0]);
  expect(stick(push, "turn").twist[4]).toBe(SPEED.hand_rad_s);
  expect(stick(push, "walk").base[0]).toBe(SPEED.walk_m_s);
  expect(stick(push, "walk").height).toBe(SPEED.height_m_s);
  expect(stick(push, "walk").twist).toEqual([0, 0, 0, 0, 0, 0]);
});

test("the d-pad bends and twists; in the turn layer it leans", () => {
  expect(stick(pad([0, 0, 0, 0], 12, 14), "move").torso).toEqual([0, SPEED.torso_rad_s, SPEED.torso_rad_s]);
  expect(stick(pad([0, 0, 0, 0], 15), "turn").torso[0]).toBe(SPEED.torso_rad_s);
});

test("a pad with fewer buttons and axes is still", () => {
  expect(isMoving(gamepadDrive({ axes: [], buttons: [] }, DEFAULT_PAD, "walk"))).toBe(false);
});

test("stored pad bindings survive nonsense, and conflicts are found", () => {
  const stored = { buttons: { pinch: 3, stop: "x" }, axes: { left_x: { index: 5, sign: -1 } }, triggers: "squeeze" };
  const bindings = parsePad(JSON.stringify(stored));
  expect(bindings.buttons).toEqual({ ...DEFAULT_PAD.buttons, pinch: 3 });
  expect(bindings.axes.left_x).toEqual({ index: 5, sign: -1 });
  expect(bindings.triggers).toBe("squeeze");
  expect(padConflicts(bindings)).toEqual(new Set(["pinch", "layer"]));
  expect(padConflicts(parsePad("{")).size).toBe(0);
});
