import classes from "./Bar.module.css";

/** A bar that is filled to `--part` (0 to 1) in the colour `--bar`, both set on what holds it. */
export const Bar = () => <span className={classes.bar} aria-hidden="true" />;
