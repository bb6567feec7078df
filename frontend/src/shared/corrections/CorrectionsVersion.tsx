import { Badge, Progress, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { isBuilding, type Dataset } from "@/shared/api/queries";
import { DATASET_COLOR, versionName } from "@/shared/api/datasets";
import { sentence } from "@/shared/ui/format";
import classes from "./CorrectionsCard.module.css";

/** How far the version with the corrections is. */
export function CorrectionsVersion({ version, added }: { version: Dataset; added: number }) {
  return (
    <div aria-live="polite">
      <div className={classes.version}>
        <Link to="/datasets" search={{ version: version.id }} className={classes.name} title="Show it on the Datasets page">
          {versionName(version)}
        </Link>
        <Badge color={DATASET_COLOR[version.state]} variant="light">
          {version.state}
        </Badge>
        <Text size="sm" c="dimmed" className="numeric">
          {version.episodes} episodes, {added} of them new
        </Text>
        {isBuilding(version) && <Progress flex="1 1 8rem" value={version.progress * 100} animated aria-label="Progress of the build" />}
      </div>
      {version.message && version.state !== "ready" && (
        <Text size="xs" c={version.state === "failed" ? "var(--fault)" : "dimmed"} mb="xs">
          {sentence(version.message)}
        </Text>
      )}
    </div>
  );
}
