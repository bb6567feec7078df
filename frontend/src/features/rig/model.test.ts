import { expect, test } from "vitest";
import type { HandStatus, RigDeviceStatus, RigStatus, TaskStatus, TrackStatus } from "@/shared/api/messages.gen";
import { adviceOf, ageOf, type Kept, missingRoles, partsOf, parseRig, ROLES, spareTrackers, taskOf } from "./model";

const pose = [0, 0, 1, 0, 0, 0, 1];
const track = (change: Partial<TrackStatus>): TrackStatus => ({ name: "head", role: "", state: "live", age_ms: 9, pose, ...change });
const hand = (change: Partial<HandStatus>): HandStatus => ({ side: "left", state: "live", glove: "1", trouble: "", age_ms: 7, angles_deg: [1], haptics: true, ...change });
const device = (change: Partial<RigDeviceStatus>): RigDeviceStatus => ({
  source: "pico", state: "ok", rate_hz: 72, late_ms: 1, dropped: 0, tracks: [], hands: [], mirrored: false, clock: null, task: null, calibration: "", notes: [], ...change,
});
const rig = (...devices: RigDeviceStatus[]): RigStatus => ({ t_ns: 0, driver: "", driver_name: "", engaged: false, trouble: "", note: "", devices });
const worn = ROLES.map((role, i) => track({ name: `T${i}`, role }));
const kept: Kept = { name: "Ada", measured_at: null, head_m: null, waist_m: null, arm_m: null, checks: {}, hands: [] };

test("every part of the body says what is worn there, and what is wrong with it", () => {
  const tracks = [track({}), ...worn.slice(1), track({ name: "T9" }), track({ name: "left_controller", state: "never" })];
  tracks[1] = track({ name: "T1", role: "right_wrist", state: "lost", age_ms: 900 });
  const status = rig(device({ tracks }), device({ source: "manus", hands: [hand({}), hand({ side: "right", state: null, angles_deg: null, trouble: "No right glove has been announced." })] }));
  const parts = Object.fromEntries(partsOf(status).map((part) => [part.place, part]));
  expect(Object.keys(parts)).toHaveLength(8);
  expect(parts["head"]).toMatchObject({ level: "good", word: "live" });
  expect(parts["left_wrist"]).toMatchObject({ level: "off", word: "not worn" });
  expect(parts["right_wrist"]).toMatchObject({ level: "bad", word: "lost", serial: "T1" });
  expect(parts["left_hand"]).toMatchObject({ level: "good", serial: "1" });
  expect(parts["right_hand"]).toMatchObject({ level: "off", word: "no glove", trouble: "" });
  expect(ageOf(status, "right_wrist")).toBe(900);
  expect(ageOf(status, "right_hand")).toBeNull();
  expect(missingRoles(status)).toEqual(["left_wrist"]);
  expect(spareTrackers(status).map(({ name }) => name)).toEqual(["T9"]);
});

test("two gloves of one side are unclear, not absent", () => {
  const two = hand({ state: null, trouble: "2 left gloves (1, 2); switch on only one." });
  expect(partsOf(rig(device({ source: "manus", hands: [two] }))).find(({ place }) => place === "left_hand")).toMatchObject({ level: "warn" });
});

test("the next thing to do goes from the process to the cockpit", () => {
  const head = track({});
  const of = (status: RigStatus | null, of: Kept | undefined = kept) => adviceOf(status, of);
  expect(of(null).title).toContain("away");
  expect(of(rig(device({ state: "cannot listen" }))).text).toBe("cannot listen");
  expect(of(rig(device({ state: "Listening", tracks: [track({ state: "never" })] }))).text).toBe("Listening");
  const asleep = { tracks: [track({ state: "lost" })], state: "silent for 3 s" };
  expect(of(rig(device({ ...asleep, rate_hz: 0 })))).toMatchObject({ title: "The headset is silent", text: "silent for 3 s" });
  expect(of(rig(device(asleep))).title).toBe("The headset is lost");
  expect(of(rig(device({ tracks: [head] }))).step).toBe("trackers");
  expect(of(rig(device({ tracks: [head, ...worn] }))).step).toBe("calibrate");
  const calibrated = device({ tracks: [head, ...worn], calibration: "Ada: …" });
  expect(of(rig(calibrated)).title).toBe("Ready");
  const gloves = device({ source: "manus", hands: [hand({})] });
  expect(of(rig(calibrated, gloves)).step).toBe("gloves");
  expect(of(rig(calibrated, gloves), { ...kept, hands: [{ side: "left", made_at: "" }] }).title).toBe("Ready");
  const lost = device({ tracks: [head, track({ name: "T1", role: "waist", state: "lost" })] });
  expect(of(rig(lost)).title).toBe("Needs a hand: waist lost");
});

test("an answer is never taken for that of an earlier task", () => {
  const task: TaskStatus = { number: 3, kind: "roles.find", phase: "failed", text: "", about: "waist", step: "", progress: 1, trouble: "" };
  const status = rig(device({ task }));
  expect(taskOf(status, "roles.", 4)).toBeNull();
  expect(taskOf(status, "roles.", null)).toBeNull();
  expect(taskOf(status, "hands.", 3)).toBeNull();
  expect(taskOf(status, "roles.", 3)).toEqual(task);
});

test("addresses name a step or the overview", () => {
  expect(parseRig({ step: "gloves" })).toEqual({ step: "gloves" });
  expect(parseRig({ step: "x" })).toEqual({});
});
