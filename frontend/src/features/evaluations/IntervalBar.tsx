import { Tooltip } from "@mantine/core";
import classes from "./evaluations.module.css";
import { inWords, type Proportion } from "./model";

interface Props {
  value: Proportion;
  /** More to say on hover: what the number counts. */
  note?: string;
  extra?: string;
  strong?: boolean;
}

const at = (share: number): string => `${share * 100}%`;

/** A count, and how sure one can be of the rate behind it: mark at the rate, band over the 95 % interval. */
export function IntervalBar({ value, note, extra, strong }: Props) {
  const { successes, trials, low, high } = value;
  const words = inWords(value);
  return (
    <Tooltip label={note ? `${words}. ${note}` : words} events={{ hover: true, focus: true, touch: true }}>
      <span className={`${classes.bar} ${strong ? classes.strong : ""}`} tabIndex={0} role="img" aria-label={`${successes} of ${trials}: ${words}`}>
        <span className={classes.count}>
          <b>
            {successes}/{trials}
          </b>
          {extra && <span>{extra}</span>}
        </span>
        <span className={classes.track} style={{ display: "block" }}>
          {trials > 0 && (
            <>
              <span className={classes.band} style={{ left: at(low), width: at(high - low) }} />
              <span className={classes.mark} style={{ left: at(successes / trials) }} />
            </>
          )}
        </span>
      </span>
    </Tooltip>
  );
}
