/** What is printed on a key, from its place on the keyboard. */
const NAMES: Readonly<Record<string, string>> = {
  ShiftLeft: "Shift",
  ShiftRight: "Right Shift",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Comma: ",",
  Period: ".",
  Slash: "/",
  Backslash: "\\",
  Semicolon: ";",
  Quote: "'",
  BracketLeft: "[",
  BracketRight: "]",
  Minus: "-",
  Equal: "=",
  Backquote: "`",
  Escape: "Esc",
};

/** `layout` is the person's own keyboard, where the browser tells it. */
export function keyLabel(code: string, layout: ReadonlyMap<string, string> = new Map()): string {
  const printed = layout.get(code);
  if (printed?.trim()) return printed.toUpperCase();
  return NAMES[code] ?? code.replace(/^(Key|Digit)/, "").replace(/^Numpad/, "Num ");
}

interface KeyboardWithLayout {
  getLayoutMap?: () => Promise<ReadonlyMap<string, string>>;
}

/** Returns the keyboard's layout; empty where the browser does not tell. */
export async function keyboardLayout(): Promise<ReadonlyMap<string, string>> {
  const { keyboard } = navigator as Navigator & { keyboard?: KeyboardWithLayout };
  return (await keyboard?.getLayoutMap?.().catch(() => undefined)) ?? new Map();
}
