import { Paper, Stack, Text } from "@mantine/core";
import { Copyable } from "@/shared/ui/Copyable";
import { Fact } from "@/shared/ui/Fact";
import { bytes, formatDate, formatExact, milliseconds, plainName } from "@/shared/ui/format";
import type { PolicyDetail } from "./model";

const HASH_LENGTH = 12;

function Hash({ name, value }: { name: string; value: string }) {
  return <Fact name={name} value={<Copyable value={value} label={name.toLowerCase()} shown={value.slice(0, HASH_LENGTH)} />} />;
}

/** What it needs from the robot, how fast it answers, and what identifies it. */
export function PolicyFacts({ policy }: { policy: PolicyDetail }) {
  const { manifest, latency } = policy;
  return (
    <Paper withBorder p="md" component="aside" aria-label="Facts">
      <Stack gap={6}>
        <Text fw={600}>Needs</Text>
        <Fact name="Type" value={policy.type} />
        <Fact name="Robot" value={manifest.robot} />
        <Fact name="Rate" value={`${manifest.fps} actions/s`} />
        <Fact name="State, action" value={`${manifest.state_names.length}, ${manifest.action_names.length} entries`} title={manifest.action_names.map(plainName).join(", ")} />
        {manifest.cameras.map(({ name, width_px, height_px }) => (
          <Fact key={name} name={plainName(name)} value={`${width_px}×${height_px} px`} />
        ))}
        <Fact name="Taught with" value={manifest.controllers.join(", ") || "unknown"} />
        <Text fw={600} mt="sm">
          Time of one inference
        </Text>
        {latency ? (
          <>
            <Fact name="Median" value={milliseconds(latency.median_ms)} />
            <Fact name="95 % below" value={milliseconds(latency.p95_ms)} />
            <Fact name="99 % below" value={milliseconds(latency.p99_ms)} />
            {Object.entries(latency.parts_ms ?? {}).map(([part, ms]) => (
              <Fact key={part} name={`of it ${part}`} value={milliseconds(ms)} />
            ))}
            <Fact name="Measured" value={`${latency.samples} times on ${latency.device}`} title={latency.device} />
          </>
        ) : (
          <Text size="sm" c="dimmed">
            Not measured yet.
          </Text>
        )}
        <Text fw={600} mt="sm">
          Identity
        </Text>
        <Hash name="Weights" value={policy.weights_sha256} />
        <Hash name="Layout" value={policy.layout_hash} />
        <Hash name="Normalisation" value={policy.stats_hash} />
        <Fact name="Size" value={bytes(policy.size_bytes)} />
        <Fact name="Registered" value={formatDate(policy.created_at)} title={formatExact(policy.created_at)} />
        {Object.entries(manifest.versions).map(([name, version]) => (
          <Fact key={name} name={name} value={version} title={version} />
        ))}
        <Copyable value={policy.folder} label="the folder" />
      </Stack>
    </Paper>
  );
}
