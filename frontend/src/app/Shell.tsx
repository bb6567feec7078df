import { Anchor, VisuallyHidden } from "@mantine/core";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useStopKeys } from "@/shared/input/useStopKeys";
import { ColorSchemeToggle } from "./ColorSchemeToggle";
import { ConnectionBanner } from "./ConnectionBanner";
import { Logo } from "./Logo";
import { OperatorMenu } from "./OperatorMenu";
import classes from "./Shell.module.css";
import { StopButton } from "./StopButton";

const PAGES = [
  { to: "/", label: "Cockpit" },
  { to: "/episodes", label: "Episodes" },
  { to: "/tasks", label: "Tasks" },
  { to: "/datasets", label: "Datasets" },
  { to: "/training", label: "Training" },
  { to: "/policies", label: "Policies" },
  { to: "/rollout", label: "Rollout" },
  { to: "/evaluations", label: "Evaluations" },
  { to: "/rig", label: "Rig" },
] as const;

export function Shell() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const inCockpit = path === "/";
  // Elsewhere the space bar plays and pauses; nobody drives from there.
  useStopKeys({ doubleSpace: inCockpit || path === "/rollout" });
  return (
    <div className={classes.shell}>
      <Anchor href="#main" className={classes.skip}>
        Skip to the page
      </Anchor>
      <header className={classes.header}>
        <Link to="/" className={classes.brand} aria-label="Bunraku, cockpit">
          <Logo />
          <span className={classes.name}>Bunraku</span>
        </Link>
        <nav className={classes.nav} aria-label="Pages">
          {PAGES.map(({ to, label }) => (
            <Link key={to} to={to} className={classes.link} activeOptions={{ exact: to === "/" }}>
              {label}
            </Link>
          ))}
        </nav>
        <div className={classes.tools}>
          <OperatorMenu />
          <ColorSchemeToggle />
        </div>
        <StopButton />
      </header>
      <ConnectionBanner />
      <main id="main" className={classes.main} data-fixed={inCockpit || undefined}>
        <VisuallyHidden component="h1">Bunraku</VisuallyHidden>
        <Outlet />
      </main>
    </div>
  );
}
