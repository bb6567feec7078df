import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/shared/ui/EmptyState";

export function NotFound() {
  return (
    <EmptyState title="There is no page at this address">
      <Button component={Link} to="/" variant="default">
        Go to the cockpit
      </Button>
    </EmptyState>
  );
}
