import { sameContent, useLive } from "@/shared/live/live";
import { sentence } from "@/shared/ui/format";
import { type Part, partsOf, type Place, words } from "./model";
import classes from "./Figure.module.css";

interface Spot {
  /** Of the body [px of the drawing]. */
  at: [number, number];
  /** Of its label; those on the left grow to the right, and the other way round. */
  label: [number, number];
  side: "left" | "right";
}

const MIDDLE = 240;
const mirrored = ({ at, label }: Spot): Spot => ({ at: [2 * MIDDLE - at[0], at[1]], label: [2 * MIDDLE - label[0], label[1]], side: "right" });

const WRIST: Spot = { at: [136, 268], label: [4, 222], side: "left" };
const HAND: Spot = { at: [121, 312], label: [4, 330], side: "left" };
const FOOT: Spot = { at: [199, 506], label: [4, 486], side: "left" };
const SPOTS: Record<Place, Spot> = {
  head: { at: [MIDDLE, 58], label: [476, 44], side: "right" },
  waist: { at: [MIDDLE, 262], label: [4, 124], side: "left" },
  left_wrist: WRIST,
  right_wrist: mirrored(WRIST),
  left_hand: HAND,
  right_hand: mirrored(HAND),
  left_foot: FOOT,
  right_foot: mirrored(FOOT),
};

/** One side of the body, from behind: arm, leg and fingers. */
const LIMBS = "M204 130 C178 150 160 190 136 268 M216 284 C212 340 204 400 203 500 L190 522";
const FINGERS = "M131 284 L121 312 M121 312 L106 330 M121 312 L112 340 M121 312 L120 343 M121 312 L128 341 M124 304 L138 322";

/** The operator from behind, so that left is left, with everything that is worn in the colour of its state. */
export function Figure({ wanted = [] }: { wanted?: readonly Place[] }) {
  const parts = useLive(({ telemetry }) => partsOf(telemetry?.rig ?? null), sameContent);
  return (
    <svg className={classes.figure} viewBox="0 0 480 548" role="group" aria-label="What you wear, seen from behind">
      <ellipse className={classes.ground} cx={MIDDLE} cy="524" rx="96" ry="14" />
      {["", `translate(${2 * MIDDLE} 0) scale(-1 1)`].map((transform) => (
        <g key={transform} transform={transform}>
          <path className={classes.limb} d={LIMBS} />
          <path className={classes.finger} d={FINGERS} />
        </g>
      ))}
      <path className={classes.body} d="M198 118 C214 106 266 106 282 118 C288 160 272 210 274 288 C256 300 224 300 206 288 C208 210 192 160 198 118 Z" />
      <path className={classes.body} d="M228 96 L228 112 L252 112 L252 96 Z" />
      <ellipse className={classes.body} cx={MIDDLE} cy="62" rx="30" ry="37" />
      {parts.map((part) => (
        <Marker key={part.place} part={part} wanted={wanted.includes(part.place)} />
      ))}
    </svg>
  );
}

function Marker({ part, wanted }: { part: Part; wanted: boolean }) {
  const { place, level, word, serial } = part;
  const { at, label, side } = SPOTS[place];
  const [x, y] = at;
  const [labelX, labelY] = label;
  const elbowX = side === "left" ? labelX + 92 : labelX - 92;
  const anchor = side === "left" ? "start" : "end";
  return (
    <g className={classes.marker} data-level={level} data-wanted={wanted || undefined} data-place={place} role="img" aria-label={`${words(place)}: ${word}${serial ? `, ${serial}` : ""}`}>
      <path className={classes.leader} d={`M${labelX} ${labelY + 8} L${elbowX} ${labelY + 8} L${x} ${y}`} />
      {wanted && <circle className={classes.wanted} cx={x} cy={y} r="15" />}
      {place === "head" ? <rect className={classes.dot} x={x - 33} y={y - 9} width="66" height="18" rx="7" /> : <Dot level={level} x={x} y={y} />}
      <text className={classes.name} x={labelX} y={labelY} textAnchor={anchor}>
        {sentence(words(place))}
      </text>
      <text className={classes.word} x={labelX} y={labelY + 25} textAnchor={anchor}>
        {word}
      </text>
    </g>
  );
}

/** Its shape differs with the level as well as its colour. */
function Dot({ level, x, y }: { level: Part["level"]; x: number; y: number }) {
  if (level === "bad") return <rect className={classes.dot} x={x - 9} y={y - 9} width="18" height="18" rx="2" />;
  if (level === "warn") return <rect className={classes.dot} x={x - 8} y={y - 8} width="16" height="16" rx="2" transform={`rotate(45 ${x} ${y})`} />;
  return <circle className={classes.dot} cx={x} cy={y} r="10" />;
}
