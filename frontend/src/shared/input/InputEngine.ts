/**
 * Keyboard, gamepad and pointer to input frames, outside React.
 *
 * Sends about 60 frames a second while a device is used and 10 a second as a sign of life while this page holds
 * the lease. When the page loses the focus it lets go and falls silent, so that the lease expires.
 */
import { COMMANDS, type CommandAction } from "./actions";
import type { BindingsStore } from "./bindingsStore";
import { type Arms, type Drive, type Hands, IDLE, isMoving, rateFrame, type Side } from "./drive";
import { isPressable, isTyping, overlayOpen } from "./focus";
import { FrameSender, type Frame } from "./FrameSender";
import { gamepadDrive, LAYERS, type Layer } from "./gamepadDrive";
import { Gamepads } from "./Gamepads";
import { keyboardDrive } from "./keyboardDrive";
import { PointerGrab } from "./PointerGrab";
import { padCommands } from "./padCommands";

const TICK_MS = 16;

export interface InputState {
  /** Arms that the keyboard moves. */
  arms: Arms;
  layer: Layer;
  hands: Hands;
  /** Name of the connected gamepad; empty without one. */
  gamepad: string;
  /** The deadman is held on some device. */
  deadman: boolean;
  /** The page has lost the focus and sends nothing. */
  suspended: boolean;
}

export interface InputPorts {
  send: (frame: Frame) => void;
  /** Whether this page holds the lease: without it nothing is sent. */
  mayDrive: () => boolean;
  command: (command: CommandAction | "stop") => void;
  now: () => number;
}

const OPEN = { grip: null, pinch: null };

export class InputEngine {
  readonly pointer = new PointerGrab();
  private state: InputState = {
    arms: { left: false, right: true },
    layer: "move",
    hands: { left: OPEN, right: OPEN },
    gamepad: "",
    deadman: false,
    suspended: false,
  };
  private readonly listeners = new Set<() => void>();
  private readonly held = new Set<string>();
  private readonly sender: FrameSender;
  private timer = 0;

  constructor(
    private readonly ports: InputPorts,
    private readonly bindings: BindingsStore,
    private readonly pads = new Gamepads(),
  ) {
    this.sender = new FrameSender(ports.send);
  }

  get = (): InputState => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Listens and sends until the returned function is called. */
  start(): () => void {
    return this.run((signal) => {
      window.addEventListener("keydown", this.onKeyDown, { signal });
      window.addEventListener("keyup", this.onKeyUp, { signal });
      this.timer = window.setInterval(() => this.tick(), TICK_MS);
    });
  }

  /** Gives signs of life until the returned function is called: keeps the lease on a page that does not drive. */
  attend(): () => void {
    return this.run(() => {
      this.timer = window.setInterval(() => {
        if (this.ports.mayDrive() && !this.state.suspended) this.sender.keepAlive("keyboard", this.framing("keyboard", IDLE), this.ports.now());
      }, TICK_MS);
    });
  }

  private run(listen: (signal: AbortSignal) => void): () => void {
    const { signal, abort } = listening();
    window.addEventListener("blur", this.suspend, { signal });
    window.addEventListener("pagehide", this.suspend, { signal });
    window.addEventListener("focus", this.resume, { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.suspend(), { signal });
    listen(signal);
    return () => {
      abort();
      window.clearInterval(this.timer);
      this.letGo();
    };
  }

  /** Chooses the arms that keys move. */
  select(arms: Arms): void {
    this.set({ arms });
  }

  /** Closes or opens the fingers of `sides` together; only while motion is allowed. */
  toggleFingers(kind: "grip" | "pinch", sides: readonly Side[]): void {
    if (!this.state.deadman) return;
    const closed = sides.some((side) => (this.state.hands[side][kind] ?? 0) > 0.5);
    this.setFingers(kind, sides, closed ? 0 : 1);
  }

  private setFingers(kind: "grip" | "pinch", sides: readonly Side[], value: number): void {
    const hands = { ...this.state.hands };
    for (const side of sides) hands[side] = { ...hands[side], [kind]: value };
    this.set({ hands });
  }

  private tick(): void {
    const { now, mayDrive } = this.ports;
    const pad = this.state.suspended ? null : this.pads.poll();
    const { keys, pad: padBindings } = this.bindings.get();
    if (pad) padCommands(pad, padBindings).forEach((command) => this.onPad(command));
    const keyboard = this.state.suspended ? IDLE : keyboardDrive(this.held, keys, this.state.arms);
    const gamepad = pad ? gamepadDrive(pad, padBindings, this.state.layer) : IDLE;
    this.set({
      gamepad: pad?.name ?? (this.state.suspended ? this.state.gamepad : ""),
      deadman: keyboard.deadman || gamepad.deadman || this.pointer.held,
    });
    if (pad && padBindings.triggers === "squeeze" && gamepad.deadman) {
      this.setFingers("grip", ["left"], pad.buttons[padBindings.buttons.grip_left] ?? 0);
      this.setFingers("grip", ["right"], pad.buttons[padBindings.buttons.grip_right] ?? 0);
    }
    if (!mayDrive() || this.state.suspended) return this.sender.releaseAll(now());
    this.offer("keyboard", keyboard);
    this.offer("gamepad", gamepad);
    const pointer = (seq: number) => this.pointer.frame(seq, now());
    this.sender.offer("pointer", this.pointer.held, pointer, pointer, now());
    this.sender.keepAlive("keyboard", this.framing("keyboard", IDLE), now());
  }

  private offer(source: string, drive: Drive): void {
    const inUse = drive.deadman || isMoving(drive);
    this.sender.offer(source, inUse, this.framing(source, drive), this.framing(source, IDLE), this.ports.now());
  }

  private framing(source: string, drive: Drive): (seq: number) => Frame {
    return (seq) => rateFrame(drive, this.state.hands, source, seq, this.ports.now());
  }

  private onPad(command: ReturnType<typeof padCommands>[number]): void {
    if (command.kind === "command") this.ports.command(command.command);
    else if (command.kind === "fingers") this.toggleFingers(command.fingers, command.sides);
    else this.set({ layer: LAYERS[(LAYERS.indexOf(this.state.layer) + 1) % LAYERS.length] });
  }

  private onKeyDown = (event: KeyboardEvent): void => {
    if (isTyping(event.target) || overlayOpen() || event.ctrlKey || event.altKey || event.metaKey) return;
    const { keys } = this.bindings.get();
    if (!Object.values(keys).includes(event.code)) return;
    const commands = (Object.keys(COMMANDS) as CommandAction[]).filter((action) => keys[action] === event.code);
    if (commands.length > 0 && event.code === "Enter" && isPressable(event.target)) return;
    event.preventDefault();
    if (event.repeat) return;
    this.held.add(event.code);
    commands.forEach((command) => this.onCommand(command));
  };

  private onCommand(command: CommandAction): void {
    const sides = (["left", "right"] as const).filter((side) => this.state.arms[side]);
    if (command === "select_left") this.select({ left: true, right: false });
    else if (command === "select_right") this.select({ left: false, right: true });
    else if (command === "select_both") this.select({ left: true, right: true });
    else if (command === "grip" || command === "pinch") this.toggleFingers(command, sides);
    else this.ports.command(command);
  }

  private onKeyUp = (event: KeyboardEvent): void => {
    this.held.delete(event.code);
  };

  private suspend = (): void => {
    this.letGo();
    this.set({ suspended: true });
  };

  private resume = (): void => this.set({ suspended: false });

  private letGo(): void {
    this.held.clear();
    this.pointer.let();
    this.sender.releaseAll(this.ports.now());
    this.set({ deadman: false });
  }

  private set(change: Partial<InputState>): void {
    const changed = (Object.keys(change) as (keyof InputState)[]).some((key) => change[key] !== this.state[key]);
    if (!changed) return;
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener());
  }
}

function listening(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
