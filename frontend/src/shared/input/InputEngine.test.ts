// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BindingsStore } from "./bindingsStore";
import type { Frame } from "./FrameSender";
import { Gamepads } from "./Gamepads";
import { InputEngine } from "./InputEngine";

let sent: Frame[];
let commands: string[];
let lease: boolean;
let pad: Gamepad | null;
let engine: InputEngine;
let stop: () => void;

const button = (value: number) => ({ value, pressed: value > 0.5, touched: value > 0 });
const gamepad = (axes: number[], ...down: number[]) =>
  ({
    id: "Test Pad (STANDARD)",
    connected: true,
    axes,
    buttons: Array.from({ length: 17 }, (_, i) => button(down.includes(i) ? 1 : 0)),
  }) as unknown as Gamepad;
const key = (type: "keydown" | "keyup", code: string, target: EventTarget = document.body) =>
  target.dispatchEvent(new KeyboardEvent(type, { code, bubbles: true, cancelable: true }));
const run = (ms: number): Frame[] => {
  sent = [];
  vi.advanceTimersByTime(ms);
  return sent;
};

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  document.body.innerHTML = "";
  sent = [];
  commands = [];
  lease = true;
  pad = null;
  const ports = {
    send: (frame: Frame) => sent.push(frame),
    mayDrive: () => lease,
    command: (command: string) => commands.push(command),
    now: () => performance.now(),
  };
  engine = new InputEngine(ports, new BindingsStore(localStorage), new Gamepads(() => [pad]));
  stop = engine.start();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

test("a page that only attends keeps the lease and never drives", () => {
  stop();
  stop = engine.attend();
  key("keydown", "ShiftLeft");
  const frames = run(1000);
  expect(frames.length).toBeGreaterThanOrEqual(8);
  expect(frames.every(({ deadman, moving }) => !deadman && !moving)).toBe(true);
  window.dispatchEvent(new Event("blur"));
  expect(run(1000)).toEqual([]);
  window.dispatchEvent(new Event("focus"));
  lease = false;
  expect(run(1000)).toEqual([]);
});

test("while the lease is held it shows signs of life that ask for nothing", () => {
  const frames = run(1000);
  expect(frames.length).toBeGreaterThanOrEqual(8);
  expect(frames.length).toBeLessThanOrEqual(11);
  expect(frames.every((frame) => !frame.deadman && !frame.moving)).toBe(true);
});

test("without the lease it sends nothing at all", () => {
  lease = false;
  key("keydown", "ShiftLeft");
  key("keydown", "KeyW");
  expect(run(1000)).toEqual([]);
});

test("driving sends about sixty frames a second with rising numbers, and ends with a release", () => {
  key("keydown", "ShiftLeft");
  key("keydown", "KeyW");
  const frames = run(1000);
  expect(frames.length).toBeGreaterThan(55);
  expect(frames.at(-1)).toMatchObject({ source: "keyboard", deadman: true, moving: true });
  frames.slice(1).forEach((frame, i) => expect(frame.seq).toBe((frames[i] as Frame).seq + 1));
  key("keyup", "ShiftLeft");
  key("keyup", "KeyW");
  expect(run(20)).toMatchObject([{ deadman: false, base_velocity: [0, 0, 0] }]);
});

test("losing the focus lets go at once, and then there is silence until it is back", () => {
  key("keydown", "ShiftLeft");
  key("keydown", "KeyW");
  run(50);
  sent = [];
  window.dispatchEvent(new Event("blur"));
  expect(sent).toMatchObject([{ deadman: false, base_velocity: [0, 0, 0] }]);
  expect(run(3000)).toEqual([]);
  window.dispatchEvent(new Event("focus"));
  const frames = run(300);
  expect(frames.length).toBeGreaterThan(0);
  // The key is still down, but was forgotten: it must be pressed anew.
  expect(frames.every((frame) => !frame.deadman)).toBe(true);
});

test("losing the lease lets go", () => {
  key("keydown", "ShiftLeft");
  run(50);
  lease = false;
  expect(run(100)).toMatchObject([{ deadman: false }]);
});

test("typing in a field does not drive", () => {
  const field = document.body.appendChild(document.createElement("input"));
  key("keydown", "ShiftLeft", field);
  key("keydown", "KeyW", field);
  expect(run(300).some((frame) => frame.deadman)).toBe(false);
});

test("fingers close only while motion is allowed, and stay closed when it is not", () => {
  key("keydown", "KeyF");
  expect(engine.get().hands.right.grip).toBeNull();
  key("keyup", "KeyF");
  key("keydown", "ShiftLeft");
  run(20);
  key("keydown", "KeyF");
  expect(run(20).at(-1)?.right).toMatchObject({ grip: 1 });
  key("keyup", "ShiftLeft");
  run(20);
  expect(engine.get().hands.right.grip).toBe(1);
});

test("keys choose the arm; commands are passed on once, however long the key is held", () => {
  key("keydown", "Digit1");
  expect(engine.get().arms).toEqual({ left: true, right: false });
  key("keydown", "Enter");
  window.dispatchEvent(new KeyboardEvent("keydown", { code: "Enter", repeat: true }));
  expect(commands).toEqual(["next"]);
});

test("Enter on a focused button presses the button, not the next step", () => {
  const focused = document.body.appendChild(document.createElement("button"));
  key("keydown", "Enter", focused);
  expect(commands).toEqual([]);
});

test("a gamepad drives with its bumper, and its disappearance lets go", () => {
  pad = gamepad([0, -1, 0, 0]);
  run(20);
  expect(engine.get().gamepad).toBe("Test Pad");
  pad = gamepad([0, -1, 0, 0], 5);
  const frame = run(20).find((candidate) => candidate.source === "gamepad");
  expect(frame).toMatchObject({ deadman: true, moving: true });
  expect(frame?.right?.twist?.[0]).toBeGreaterThan(0);
  pad = null;
  expect(run(20)).toMatchObject([{ source: "gamepad", deadman: false }]);
});

test("gamepad buttons act when they go down; one held while the pad appears does not", () => {
  pad = gamepad([0, 0, 0, 0], 1);
  run(40);
  expect(commands).toEqual([]);
  pad = gamepad([0, 0, 0, 0]);
  run(20);
  pad = gamepad([0, 0, 0, 0], 1, 3);
  run(40);
  expect(commands).toEqual(["stop"]);
  expect(engine.get().layer).toBe("turn");
});

test("the pointer sends a clutched pose, and is not moving when it rests", () => {
  const pose = [0.3, -0.2, 0.8, 0, 0, 0, 1];
  engine.pointer.hold("right", pose, performance.now());
  expect(run(20)[0]).toMatchObject({ source: "pointer", deadman: true, moving: true, right: { clutch: true, pose } });
  expect(run(200).at(-1)).toMatchObject({ deadman: true, moving: false, right: { clutch: true } });
  engine.pointer.let();
  expect(run(20)[0]).toMatchObject({ source: "pointer", deadman: false });
});
