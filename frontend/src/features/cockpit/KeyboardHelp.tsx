import { Text, UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { type Action, GROUPS, LABELS } from "@/shared/input/actions";
import { bindingsStore } from "@/shared/input/bindingsStore";
import { conflicts, type KeyBindings, refusal } from "@/shared/input/keyBindings";
import { keyboardLayout, keyLabel } from "@/shared/input/keyLabel";
import { Key } from "@/shared/ui/Key";
import classes from "./HelpDialog.module.css";

export function KeyboardHelp({ keys }: { keys: KeyBindings }) {
  const [layout, setLayout] = useState<ReadonlyMap<string, string>>(new Map());
  const [changing, setChanging] = useState<Action | null>(null);
  const [problem, setProblem] = useState("");
  const shared = conflicts(keys);

  useEffect(() => void keyboardLayout().then(setLayout), []);

  useEffect(() => {
    if (!changing) return;
    const onKeyDown = (event: KeyboardEvent) => {
      // Esc is left to STOP and to the dialog.
      if (event.code === "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      const why = refusal(event.code);
      setProblem(why);
      if (why) return;
      bindingsStore.set({ keys: { ...keys, [changing]: event.code } });
      setChanging(null);
    };
    window.addEventListener("keydown", onKeyDown, true);
    return () => window.removeEventListener("keydown", onKeyDown, true);
  }, [changing, keys]);

  return (
    <>
      <Text size="sm" c="dimmed" mb="sm" aria-live="polite">
        {problem || (changing ? `Press the new key for “${LABELS[changing]}”.` : "Click a key to change it. Keys are kept in this browser.")}
      </Text>
      <div className={classes.groups}>
        {GROUPS.map(({ title, actions }) => (
          <section key={title}>
            <h3 className={classes.title}>{title}</h3>
            {actions.map((action) => (
              <UnstyledButton
                key={action}
                className={classes.row}
                data-changing={changing === action || undefined}
                data-conflict={shared.has(action) || undefined}
                title={shared.get(action)?.map((other) => `Also: ${LABELS[other]}`).join(", ")}
                onClick={() => {
                  setProblem("");
                  setChanging(changing === action ? null : action);
                }}
              >
                <span>{LABELS[action]}</span>
                <Key>{changing === action ? "…" : keyLabel(keys[action], layout)}</Key>
              </UnstyledButton>
            ))}
          </section>
        ))}
      </div>
    </>
  );
}
