import { expect, test } from "vitest";
import { cameraLight, inputLight, lightsOf, processLight } from "./healthLevels";

const beat = { process: "world", pid: 7, t_ns: 10e9, started_ns: 0, state: "ok", rate_hz: 1000, late_p99_ms: 0.4, overruns: 2 };
const camera = { camera: "head", fps: 29.9, age_ms: 20, encode_ms: 2, kbit_s: 2000, dropped: 0, width: 640, height: 480 };

test("a process is good, late, lost or not there yet", () => {
  expect(processLight("world", beat, 10.1e9).level).toBe("good");
  expect(processLight("world", beat, 10.8e9).level).toBe("warn");
  expect(processLight("world", beat, 12e9)).toMatchObject({ level: "bad", reason: expect.stringMatching(/silent for 2\.0 s/) });
  expect(processLight("world", undefined, 10e9).level).toBe("off");
});

test("what a process says is wrong is shown", () => {
  const light = processLight("world", { ...beat, state: "physics is slower than real time" }, 10.1e9);
  expect(light).toMatchObject({ level: "warn", reason: expect.stringMatching(/slower than real time/) });
});

test("a camera is judged by the age of its picture", () => {
  expect(cameraLight("head", camera).level).toBe("good");
  expect(cameraLight("head", { ...camera, age_ms: 400 }).level).toBe("warn");
  expect(cameraLight("head", { ...camera, age_ms: 4000 }).level).toBe("bad");
  expect(cameraLight("left_wrist", undefined)).toMatchObject({ name: "left wrist", level: "off" });
});

test("an input is as good as the watchdog says", () => {
  const source = { source: "gamepad", driver: "a", age_ms: 12, state: "live" as const };
  expect(inputLight("gamepad", source).level).toBe("good");
  expect(inputLight("gamepad", { ...source, state: "frozen" }).level).toBe("warn");
  expect(inputLight("gamepad", { ...source, state: "lost" }).level).toBe("off");
});

test("lights have their places before anything reports", () => {
  const lights = lightsOf(null, ["head"]);
  expect(lights.processes).toHaveLength(7);
  expect([...lights.inputs, ...lights.cameras, ...lights.processes].every(({ level }) => level === "off")).toBe(true);
});
