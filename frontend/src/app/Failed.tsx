import { Button, Group } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { EmptyState } from "@/shared/ui/EmptyState";

/** A page that could not be shown: what happened, what is safe, what to do. */
export function Failed({ error, reset }: ErrorComponentProps) {
  return (
    <EmptyState title="This page could not be shown">
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <p>Nothing is lost: the robot, the recording and your episodes do not depend on this page.</p>
      <Group justify="center">
        <Button onClick={reset}>Try again</Button>
        <Button component={Link} to="/" variant="default">
          Go to the cockpit
        </Button>
      </Group>
    </EmptyState>
  );
}
