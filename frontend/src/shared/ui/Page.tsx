import type { ReactNode } from "react";
import classes from "./Page.module.css";

/** Frame of a page that scrolls: title, actions on the right, content. */
export function Page({ title, actions, children }: { title: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <h2 className={classes.title}>{title}</h2>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
