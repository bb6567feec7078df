import { Button } from "@mantine/core";
import { sameContent, useLive } from "@/shared/live/live";
import classes from "./ConnectionBanner.module.css";

/** Lies over the page rather than pushing it: nothing may shift while somebody drives. */
export function ConnectionBanner() {
  const connection = useLive((state) => state.connection, sameContent);
  if (connection.state === "open" || (connection.state === "connecting" && connection.attempt === 0)) return null;
  if (connection.state === "refused") {
    return (
      <div className={classes.banner} role="alert">
        <strong>The server refused this page.</strong> {connection.text}.
        <Button size="compact-sm" variant="white" color="dark" onClick={() => location.reload()}>
          Reload
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.banner} role="alert">
      <strong>No connection to the server.</strong> The robot holds still by itself. Trying again
      {connection.state === "lost" && connection.attempt > 3 ? "; see that Bunraku still runs on its machine." : "."}
    </div>
  );
}
