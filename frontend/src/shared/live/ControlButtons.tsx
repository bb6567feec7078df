import { ReasonButton } from "@/shared/ui/ReasonButton";
import { ask, useLive } from "./live";
import { type ControlKind, nextStep, obstacle, type Situation } from "./situation";
import classes from "./ControlButtons.module.css";

interface ButtonText {
  label: string;
  hint: string;
}

const TEXTS: Record<ControlKind, ButtonText> = {
  "lease.take": { label: "Take control", hint: "Only one person drives at a time." },
  "lease.release": { label: "Release", hint: "Stops the robot and lets somebody else drive." },
  arm: { label: "Arm", hint: "The robot follows you as soon as you hold the motion key." },
  home: { label: "Arms to rest", hint: "Brings both arms to their rest pose while you hold the motion key." },
  reset: { label: "Reset robot", hint: "Puts the robot back on its feet and clears the fault." },
  "scene.reset": { label: "Reset scene", hint: "Puts table, objects and robot back to where they began." },
};

/** What can be done with the robot. Every button keeps its place; a disabled one says why. */
export function ControlButtons({ situation }: { situation: Situation }) {
  const next = nextStep(situation);
  const standing = useLive(({ telemetry }) => telemetry?.tick?.state?.locomotion !== "fallen");
  const lease: ControlKind = situation.holder === "me" ? "lease.release" : "lease.take";
  const order: ControlKind[] = [lease, "arm", "home", "reset", "scene.reset"];
  return (
    <div className={classes.buttons}>
      {order.map((kind) => (
        <ReasonButton
          // Enter on a focused Take control must not become a Release: each is a button of its own.
          key={kind}
          className={classes.button}
          data-kind={kind}
          variant={kind === next ? "filled" : "default"}
          keyHint={kind === next ? "Enter" : kind === "home" && situation.mode === "ACTIVE" ? "H" : undefined}
          hint={kind === "reset" && !standing ? "The robot has fallen: this puts it back on its feet." : TEXTS[kind].hint}
          reason={obstacle(kind, situation)}
          onClick={() => void ask({ kind })}
        >
          {TEXTS[kind].label}
        </ReasonButton>
      ))}
    </div>
  );
}
