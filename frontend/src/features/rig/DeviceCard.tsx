import { Paper, Stack, Text, Title } from "@mantine/core";
import type { RigDeviceStatus } from "@/shared/api/messages.gen";
import { sameContent, useLive } from "@/shared/live/live";
import { Fact } from "@/shared/ui/Fact";
import { milliseconds } from "@/shared/ui/format";
import { deviceName } from "./model";

/** One device of the rig: its link, its clock, its calibration, and what else it has to say. */
export function DeviceCard({ source }: { source: string }) {
  const find = (devices: RigDeviceStatus[] | undefined) => devices?.find((one) => one.source === source);
  const device = useLive(({ telemetry }) => {
    const one = find(telemetry?.rig?.devices);
    return one && { state: one.state, calibration: one.calibration, notes: one.notes, mirrored: one.mirrored, open: one.tracks.length + one.hands.length > 0 };
  }, sameContent);
  const link = useLive(({ telemetry }) => {
    const one = find(telemetry?.rig?.devices);
    return one && { rate: one.rate_hz.toFixed(0), late: milliseconds(Math.round(one.late_ms)), dropped: one.dropped, ...clockWords(one) };
  }, sameContent);
  if (!device || !link) return null;
  return (
    <Paper withBorder bg="var(--panel)" p="md" component="section" aria-label={deviceName(source)}>
      <Stack gap={6}>
        <Title order={3} fz="md">
          {deviceName(source)}
        </Title>
        <Text size="sm" c={device.state === "ok" ? "var(--active)" : "var(--hold)"}>
          {device.state === "ok" ? "Everything is well." : device.state}
        </Text>
        {device.open && (
          <>
            <Fact name="Rate" value={`${link.rate} Hz`} />
            <Fact name="Later than the fastest" value={link.late} />
            <Fact name="Clock" value={link.clock} title={link.why} />
            <Fact name="Made no sense" value={link.dropped} title="Bytes of a headset, messages of a glove bridge" />
          </>
        )}
        {device.mirrored && <Fact name="Axes" value="taken for left-handed" />}
        {device.calibration && <Text size="xs">{device.calibration}</Text>}
        {device.notes.map((note) => (
          <Text key={note} size="xs" c="dimmed">
            {note}
          </Text>
        ))}
      </Stack>
    </Paper>
  );
}

/** How well its clock is known; the offset itself is a long number that only matters when something is odd. */
function clockWords({ clock }: RigDeviceStatus): { clock: string; why: string } {
  if (!clock) return { clock: "unknown", why: "Its messages have no stamps of their own." };
  const offset = `Host minus device: ${clock.offset_ms.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 })} ms.`;
  if (clock.uncertainty_ms === null) return { clock: "error unknown", why: `${offset} It answers no round trips, so the shortest way is part of the offset.` };
  return { clock: `known to ± ${clock.uncertainty_ms.toFixed(1)} ms`, why: `${offset} Shortest round trip: ${milliseconds(clock.round_trip_ms)}.` };
}
