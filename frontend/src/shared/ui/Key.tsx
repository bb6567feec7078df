import classes from "./Key.module.css";

/** A key cap. `onColor` is for use on a filled button. */
export function Key({ children, onColor = false }: { children: string; onColor?: boolean }) {
  return (
    <kbd className={classes.key} data-on-color={onColor || undefined}>
      {children}
    </kbd>
  );
}
