/** Where the keyboard goes. */
const TEXT_INPUTS = "input:not([type=checkbox],[type=radio],[type=range],[type=button]), textarea, select, [contenteditable=true]";
const OVERLAYS = "[role=dialog], [role=menu], [role=listbox]";

/** Whether keys typed at `target` are text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TEXT_INPUTS) !== null;
}

/** Whether a dialog, menu or list is open, which Esc closes. */
export function overlayOpen(): boolean {
  return [...document.querySelectorAll(OVERLAYS)].some((element) => element.getClientRects().length > 0);
}

/** Whether Enter at `target` presses something there. */
export function isPressable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a, summary, [role=button], [role=menuitem], [role=option]") !== null;
}
