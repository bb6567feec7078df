/** What the rig's state means to the person who wears it: every part of the body, its trouble and the remedy. */
import type { HandStatus, RigDeviceStatus, RigStatus, TaskStatus, TrackStatus } from "@/shared/api/messages.gen";
import type { components } from "@/shared/api/schema.gen";
import type { Level } from "@/shared/ui/Light";

export type Setup = components["schemas"]["RigSetup"];
export type Kept = components["schemas"]["KeptOperator"];
export type Role = components["schemas"]["Role"];
export type Motion = "right_hand" | "step_forward";
export type Side = HandStatus["side"];
export type Place = Role | "head" | "left_hand" | "right_hand";

export const ROLES: readonly Role[] = ["left_wrist", "right_wrist", "waist", "left_foot", "right_foot"];
export const SIDES: readonly Side[] = ["left", "right"];
export const STEPS = ["overview", "trackers", "calibrate", "gloves"] as const;
export type Step = (typeof STEPS)[number];

export function parseRig({ step }: Record<string, unknown>): { step?: Exclude<Step, "overview"> } {
  return step === "trackers" || step === "calibrate" || step === "gloves" ? { step } : {};
}

/** `left_wrist` -> `left wrist`. */
export const words = (name: string): string => name.replaceAll("_", " ");

/** One part of the body, and what is worn there. */
export interface Part {
  place: Place;
  level: Level;
  /** Its state in a word. */
  word: string;
  /** Serial number of a tracker, number of a glove; empty when nothing is worn there. */
  serial: string;
  /** What is wrong, in words; empty when nothing is. */
  trouble: string;
  /** What to do about it; empty when there is nothing to do. */
  fix: string;
}

export const headsetOf = (rig: RigStatus | null): RigDeviceStatus | undefined => rig?.devices.find(({ tracks }) => tracks.length > 0);
export const glovesOf = (rig: RigStatus | null): RigDeviceStatus | undefined => rig?.devices.find(({ hands }) => hands.length > 0);
const isTracker = ({ name }: TrackStatus): boolean => name !== "head" && !name.endsWith("_controller");

export function trackersOf(rig: RigStatus | null): TrackStatus[] {
  return headsetOf(rig)?.tracks.filter(isTracker) ?? [];
}

/** Trackers that are seen or were, but are worn nowhere. */
export const spareTrackers = (rig: RigStatus | null): TrackStatus[] => trackersOf(rig).filter(({ role }) => role === "");

export const wornAt = (rig: RigStatus | null, role: Role): TrackStatus | undefined => trackersOf(rig).find((track) => track.role === role);

/** Roles that no tracker has. */
export const missingRoles = (rig: RigStatus | null): Role[] => ROLES.filter((role) => !wornAt(rig, role));

const TRACKS: Record<TrackStatus["state"], Pick<Part, "level" | "word" | "trouble" | "fix">> = {
  live: { level: "good", word: "live", trouble: "", fix: "" },
  lost: {
    level: "bad",
    word: "lost",
    trouble: "It is not seen any more.",
    fix: "Bring it back into the view of the headset's cameras. If it stays lost, press its button: it may be asleep.",
  },
  frozen: {
    level: "bad",
    word: "frozen",
    trouble: "It repeats the same values.",
    fix: "Move it. If it stays frozen, switch it off and on.",
  },
  never: {
    level: "warn",
    word: "never seen",
    trouble: "It has not been seen since the headset connected.",
    fix: "Switch it on, and choose Motion in the headset's app.",
  },
};

const HEAD: Partial<Record<TrackStatus["state"], Pick<Part, "trouble" | "fix">>> = {
  lost: { trouble: "The headset sends no pose of its own.", fix: "Put it on and wake it; switch Head and Send on in its app." },
  frozen: { trouble: "The headset's pose does not change.", fix: "Put it on; a headset on the table falls asleep." },
  never: { trouble: "No headset has been heard of.", fix: "Start its app, choose this machine's address, switch Head and Send on." },
};

const HANDS: Record<NonNullable<HandStatus["state"]>, Pick<Part, "level" | "word" | "fix">> = {
  live: { level: "good", word: "live", fix: "" },
  waiting: { level: "warn", word: "waiting", fix: "Move your fingers. If nothing comes, load the glove's own calibration in its maker's software." },
  stale: { level: "bad", word: "silent", fix: "See that the bridge to the gloves runs, and that its network is well." },
  frozen: { level: "bad", word: "frozen", fix: "Move your fingers. If it stays frozen, switch the glove off and on." },
  unplugged: { level: "bad", word: "unplugged", fix: "Switch the glove on, or plug its receiver in." },
};

const NOTHING = { serial: "", trouble: "", fix: "" } as const;

function headPart(rig: RigStatus | null): Part {
  const head = headsetOf(rig)?.tracks.find(({ name }) => name === "head");
  if (!head) return { place: "head", level: "off", word: "no headset", ...NOTHING };
  return { place: "head", ...TRACKS[head.state], serial: "", ...HEAD[head.state] };
}

function trackerPart(rig: RigStatus | null, role: Role): Part {
  const track = wornAt(rig, role);
  if (track) return { place: role, serial: track.name, ...TRACKS[track.state] };
  return { place: role, level: "off", word: "not worn", ...NOTHING };
}

function handPart(rig: RigStatus | null, side: Side): Part {
  const hand = glovesOf(rig)?.hands.find((one) => one.side === side);
  const place = side === "left" ? "left_hand" : "right_hand";
  if (!hand || (hand.state === null && hand.trouble.startsWith("No "))) return { place, level: "off", word: "no glove", ...NOTHING };
  if (hand.state === null) return { place, level: "warn", word: "unclear", ...NOTHING, trouble: hand.trouble, fix: "Switch the others off." };
  return { place, serial: hand.glove, trouble: hand.trouble, ...HANDS[hand.state] };
}

/** Everything that is or could be worn, from head to foot. */
export function partsOf(rig: RigStatus | null): Part[] {
  const [leftWrist, rightWrist, ...rest] = ROLES.map((role) => trackerPart(rig, role));
  return [headPart(rig), leftWrist, rightWrist, handPart(rig, "left"), handPart(rig, "right"), ...rest].filter((part) => part !== undefined);
}

/** Age of what is worn at a place [ms]; null when nothing was ever seen there. */
export function ageOf(rig: RigStatus | null, place: Place): number | null {
  if (place === "left_hand" || place === "right_hand") {
    const hand = glovesOf(rig)?.hands.find(({ side }) => place.startsWith(side));
    return hand?.angles_deg ? hand.age_ms : null;
  }
  const track = place === "head" ? headsetOf(rig)?.tracks.find(({ name }) => name === "head") : wornAt(rig, place);
  return track?.pose ? track.age_ms : null;
}

/** The task of any device with this number and a kind that begins so; null before it is heard of. */
export function taskOf(rig: RigStatus | null, kind: string, number: number | null): TaskStatus | null {
  if (number === null) return null;
  return rig?.devices.map(({ task }) => task).find((task) => task?.kind.startsWith(kind) && task.number === number) ?? null;
}

export interface Advice {
  level: Level;
  title: string;
  text: string;
  /** Where to do it; null when there is nothing to do on this page. */
  step: Step | null;
}

/** The one thing to do next. */
export function adviceOf(rig: RigStatus | null, kept: Kept | undefined): Advice {
  if (!rig) return { level: "bad", title: "The rig process is away", text: "It is started again by itself; wait a moment.", step: null };
  const [headset, gloves] = [headsetOf(rig), glovesOf(rig)];
  // A device that could not be opened has neither tracks nor hands; it says why.
  const closed = rig.devices.find(({ tracks, hands }) => tracks.length === 0 && hands.length === 0);
  if (closed) return { level: "bad", title: `${deviceName(closed.source)} cannot be opened`, text: closed.state, step: null };
  const parts = partsOf(rig);
  const head = parts.find(({ place }) => place === "head");
  if (headset && head?.level === "warn") return { level: "warn", title: "Waiting for the headset", text: headset.state, step: null };
  if (headset && head?.level === "bad") {
    const silent = headset.rate_hz === 0;
    return { level: "bad", title: `The headset is ${silent ? "silent" : head.word}`, text: silent ? headset.state : `${head.trouble} ${head.fix}`, step: null };
  }
  const troubled = parts.filter(({ level }) => level === "bad");
  if (troubled.length > 0) {
    const names = troubled.map(({ place, word }) => `${words(place)} ${word}`).join(", ");
    return { level: "bad", title: `Needs a hand: ${names}`, text: troubled[0]?.fix ?? "", step: null };
  }
  const missing = headset ? missingRoles(rig) : [];
  if (missing.length > 0) {
    const text = `Nothing is assigned to: ${missing.map(words).join(", ")}. Move one tracker at a time, and the app finds out.`;
    return { level: "warn", title: "Assign the trackers", text, step: "trackers" };
  }
  if (headset && headset.calibration === "") return { level: "warn", title: "Take your neutral pose", text: "At the beginning of every session, and whenever the headset's app was restarted.", step: "calibrate" };
  const raw = SIDES.filter((side) => parts.some((part) => part.place === `${side}_hand` && part.level === "good") && !kept?.hands.some((hand) => hand.side === side));
  if (gloves && kept && raw.length > 0) {
    const text = `Your ${raw.join(" and ")} glove${raw.length > 1 ? "s follow" : " follows"} usual ranges: good enough to open and close, not to pinch.`;
    return { level: "warn", title: `Calibrate your glove${raw.length > 1 ? "s" : ""}`, text, step: "gloves" };
  }
  if (gloves && !headset && !parts.some(({ level }) => level === "good")) return { level: "warn", title: "Waiting for the gloves", text: gloves.state, step: null };
  return { level: "good", title: "Ready", text: "Take control in the cockpit, switch the rig on there, arm, and hold the deadman.", step: null };
}

export const deviceName = (source: string): string => ({ pico: "Headset and trackers", manus: "Gloves" })[source] ?? source;
