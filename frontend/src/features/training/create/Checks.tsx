import { Loader, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import classes from "./create.module.css";
import type { Draft } from "./useDraft";

const ICONS: Record<string, typeof IconCheck> = { ok: IconCheck, warn: IconAlertTriangle, fail: IconX };

/** What was looked at before a start, the worst first; each says what to do about it. */
export function Checks({ preflight, waitingFor }: { preflight: Draft["preflight"]; waitingFor: string }) {
  const { findings, checking, problem } = preflight;
  const rank = (severity: string) => ["fail", "warn", "ok"].indexOf(severity);
  if (checking) {
    return (
      <Text size="sm" c="dimmed">
        <Loader size={12} mr={6} /> Looking at data, disk, memory and cameras
      </Text>
    );
  }
  return (
    <Stack gap={8} aria-live="polite">
      {problem && (
        <div className={classes.finding} data-severity="fail">
          <IconX size={16} aria-label="fails" />
          <span>{problem}</span>
        </div>
      )}
      {!problem && findings.length === 0 && (
        <Text size="sm" c="dimmed">
          {waitingFor || "There is nothing to check."}
        </Text>
      )}
      {[...findings]
        .sort((a, b) => rank(a.severity) - rank(b.severity))
        .map(({ check, severity, text }) => {
          const Icon = ICONS[severity] ?? IconCheck;
          return (
            <div key={`${check}${text}`} className={classes.finding} data-severity={severity}>
              <Icon size={16} aria-label={severity} />
              <span>
                <strong>{check}</strong>: {text}
              </span>
            </div>
          );
        })}
    </Stack>
  );
}
