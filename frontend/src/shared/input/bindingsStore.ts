/** The person's bindings, kept in this browser. */
import { DEFAULT_KEYS, type KeyBindings, parseKeys } from "./keyBindings";
import { DEFAULT_PAD, type PadBindings, parsePad } from "./padBindings";

const KEYS = "bunraku.keys";
const PAD = "bunraku.gamepad";

export interface Bindings {
  keys: KeyBindings;
  pad: PadBindings;
}

export class BindingsStore {
  private bindings: Bindings;
  private listeners = new Set<() => void>();

  constructor(private readonly storage: Storage) {
    this.bindings = { keys: parseKeys(storage.getItem(KEYS)), pad: parsePad(storage.getItem(PAD)) };
  }

  get = (): Bindings => this.bindings;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(change: Partial<Bindings>): void {
    this.bindings = { ...this.bindings, ...change };
    this.storage.setItem(KEYS, JSON.stringify(this.bindings.keys));
    this.storage.setItem(PAD, JSON.stringify(this.bindings.pad));
    this.listeners.forEach((listener) => listener());
  }

  reset(): void {
    this.set({ keys: DEFAULT_KEYS, pad: DEFAULT_PAD });
  }
}

export const bindingsStore = new BindingsStore(localStorage);
