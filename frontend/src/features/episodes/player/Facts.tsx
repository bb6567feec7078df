import { CopyButton, Group, List, Paper, Stack, Text, ThemeIcon, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconInfoCircle, IconX } from "@tabler/icons-react";
import { Fact } from "@/shared/ui/Fact";
import { formatDate, formatExact } from "@/shared/ui/format";
import { times, whoDrove, type EpisodeDetail } from "../model";
import { Quality } from "../Quality";

const ICON = {
  note: { icon: IconInfoCircle, color: "gray" },
  warn: { icon: IconAlertTriangle, color: "yellow" },
  fail: { icon: IconX, color: "red" },
} as const;

/** What the checks found, and where the episode comes from. */
export function Facts({ episode }: { episode: EpisodeDetail }) {
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group justify="space-between">
          <Text fw={600}>Quality</Text>
          <Quality score={episode.quality_score} findings={episode.findings} />
        </Group>
        <List size="sm" spacing={4} center>
          {episode.findings.length === 0 && episode.quality_score !== null && (
            <List.Item
              icon={
                <ThemeIcon size={18} color="teal" variant="light">
                  <IconCheck size={14} />
                </ThemeIcon>
              }
            >
              Every check passed
            </List.Item>
          )}
          {episode.findings.map(({ check, severity, text }) => {
            const { icon: Icon, color } = ICON[severity];
            return (
              <List.Item
                key={`${check}${text}`}
                icon={
                  <ThemeIcon size={18} color={color} variant="light">
                    <Icon size={14} />
                  </ThemeIcon>
                }
              >
                {text}
              </List.Item>
            );
          })}
        </List>
        <Fact name="Operator" value={episode.operator} />
        {episode.policies && <Fact name="Driven by" value={whoDrove(episode)} title={whoDrove(episode)} />}
        {episode.policies && episode.policies.length > 0 && <Fact name="Takeovers" value={times(episode.interventions ?? 0)} />}
        <Fact name="Recorded" value={formatDate(episode.started_at)} title={formatExact(episode.started_at)} />
        <Fact name="Robot" value={`${episode.robot}, ${episode.controller}`} />
        {episode.cameras.map(({ name, width, height, fps, frames, dropped }) => (
          <Fact
            key={name}
            name={name.replaceAll("_", " ")}
            value={`${width}×${height}, ${frames} frames, ${dropped} lost`}
            title={`${fps} fps nominal`}
          />
        ))}
        <CopyButton value={episode.folder}>
          {({ copied, copy }) => (
            <UnstyledButton onClick={copy} title={episode.folder}>
              <Text size="xs" c="dimmed" ff="monospace" truncate>
                {copied ? "Copied" : episode.folder}
              </Text>
            </UnstyledButton>
          )}
        </CopyButton>
      </Stack>
    </Paper>
  );
}
