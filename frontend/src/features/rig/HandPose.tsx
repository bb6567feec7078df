import classes from "./gloves.module.css";

const PALM = "M26 62 Q22 46 28 40 L60 38 Q66 48 60 64 Q56 74 44 74 Q32 74 26 62 Z";
const POSES: Record<string, string[]> = {
  open: ["M28 60 L10 44", "M31 40 L27 12", "M41 39 L40 6", "M51 39 L53 10", "M59 41 L65 20"],
  fist: ["M28 58 Q34 50 50 52", "M31 42 Q29 30 36 30 L38 40", "M41 41 Q39 28 46 28 L47 40", "M50 41 Q49 29 55 30 L56 41", "M58 43 Q58 33 63 35 L63 44"],
  pinch: ["M28 60 Q12 46 24 28", "M31 40 Q30 20 24 26", "M41 39 Q44 20 46 12", "M51 39 Q56 22 58 16", "M59 41 Q66 28 68 24"],
};

/** How a hand is held in one step; a picture of the left hand from behind, mirrored for the right. */
export function HandPose({ step, side }: { step: string; side: "left" | "right" }) {
  return (
    <svg className={classes.hand} viewBox="0 0 80 80" aria-hidden="true">
      <g transform={side === "left" ? "translate(80 0) scale(-1 1)" : undefined}>
        {POSES[step]?.map((finger) => <path key={finger} d={finger} />)}
        <path d={PALM} data-palm />
      </g>
    </svg>
  );
}
