import { useEffect, useRef } from "react";

/** One action of a page and the keys that run it; `shift` only when it is asked for. */
export interface KeyBinding {
  keys: readonly string[];
  label: string;
  shift?: boolean;
  run: () => void;
}

const TYPING = "input, textarea, select, [contenteditable=true]";

/** Run the page's bindings while nobody is typing. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const newest = useRef(bindings);
  useEffect(() => {
    newest.current = bindings;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.matches(TYPING);
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const binding = newest.current.find(
        ({ keys, shift }) => keys.includes(key) && (shift === undefined || shift === event.shiftKey),
      );
      if (!binding) return;
      event.preventDefault();
      binding.run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
