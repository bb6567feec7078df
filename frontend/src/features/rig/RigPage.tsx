import { Alert, Button, Stack, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { engine } from "@/shared/input/driving";
import { type KeyBinding, useKeys } from "@/shared/input/useKeys";
import { sameContent, useLive } from "@/shared/live/live";
import { operatorName } from "@/shared/live/operatorName";
import { RigButton } from "@/shared/rig/RigButton";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { Page } from "@/shared/ui/Page";
import { CalibrateWizard } from "./CalibrateWizard";
import { DeviceCard } from "./DeviceCard";
import { Emulators } from "./Emulators";
import { Figure } from "./Figure";
import { GlovesWizard } from "./GlovesWizard";
import { adviceOf, glovesOf, headsetOf, missingRoles, type Role, ROLES, type Setup, STEPS, type Step } from "./model";
import { NoRig } from "./NoRig";
import { PartsList } from "./PartsList";
import { keptQuery, rigQuery } from "./queries";
import classes from "./rig.module.css";
import { TrackersWizard } from "./TrackersWizard";

const route = getRouteApi("/rig");

const nothing = () => undefined;
const KEYS: readonly KeyBinding[] = [
  { keys: ["S"], label: "Start what a wizard is about: find a tracker, take a pose, calibrate a hand", run: nothing },
  { keys: ["T"], label: "Take the pose that a glove holds", run: nothing },
  { keys: ["Esc"], label: "STOP the robot", run: nothing },
  { keys: ["?"], label: "This help", run: nothing },
];

/** What the operator wears: how it is doing, and everything that sets it up. */
export function RigPage() {
  const { data: setup } = useQuery(rigQuery);
  const [help, setHelp] = useState(false);
  useEffect(() => engine.attend(), []);
  useKeys([{ keys: ["?"], label: "This help", run: () => setHelp(true) }]);
  return (
    <Page
      title="Rig"
      actions={
        <>
          <RigButton />
          <Button component={Link} to="/" variant="default">
            To the cockpit
          </Button>
        </>
      }
    >
      <KeyHelp title="Keys of this page" keys={KEYS} opened={help} onClose={() => setHelp(false)} />
      {setup && (setup.devices.length === 0 ? <NoRig setup={setup} /> : <Rig setup={setup} />)}
    </Page>
  );
}

function Rig({ setup }: { setup: Setup }) {
  const { step = "overview" } = route.useSearch();
  const navigate = route.useNavigate();
  const [wanted, setWanted] = useState<Role | null>(null);
  const { data: kept } = useQuery(keptQuery(operatorName()));
  const marks = useLive(({ telemetry }) => {
    const rig = telemetry?.rig ?? null;
    return { assigned: ROLES.length - missingRoles(rig).length, neutral: Boolean(headsetOf(rig)?.calibration), headset: Boolean(headsetOf(rig)), gloves: Boolean(glovesOf(rig)) };
  }, sameContent);
  const label: Record<Step, string> = {
    overview: "Overview",
    trackers: `1. Trackers ${marks.headset ? `${marks.assigned}/${ROLES.length}` : ""}`,
    calibrate: `2. Calibrate ${marks.neutral ? "✓" : ""}`,
    gloves: `3. Gloves ${marks.gloves ? `${kept?.hands.length ?? 0}/2` : ""}`,
  };
  const go = (to: Step) => void navigate({ search: to === "overview" ? {} : { step: to } });
  return (
    <Stack gap="md">
      <Headline step={step} onGo={go} />
      <Tabs value={step} onChange={(value) => go(STEPS.find((one) => one === value) ?? "overview")}>
        <Tabs.List>
          {STEPS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {label[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <div className={classes.columns}>
        <div className={classes.figure}>
          <Figure wanted={wanted ? [wanted] : []} />
        </div>
        {step === "overview" && <Overview setup={setup} />}
        {step === "trackers" && <TrackersWizard onWanted={setWanted} />}
        {step === "calibrate" && <CalibrateWizard />}
        {step === "gloves" && <GlovesWizard setup={setup} />}
      </div>
    </Stack>
  );
}

/** One sentence: whether all is well, or the one thing to do next. */
function Headline({ step, onGo }: { step: Step; onGo: (step: Step) => void }) {
  const { data: kept } = useQuery(keptQuery(operatorName()));
  const advice = useLive(({ telemetry }) => adviceOf(telemetry?.rig ?? null, kept), sameContent);
  const trouble = useLive(({ telemetry }) => telemetry?.rig?.trouble ?? "");
  const user = useLive(({ telemetry }) => telemetry?.rig?.driver_name ?? "");
  const Icon = advice.level === "good" ? IconCircleCheck : advice.level === "warn" ? IconInfoCircle : IconAlertTriangle;
  return (
    <section className={classes.headline} data-level={trouble ? "bad" : advice.level} aria-label="What to do next">
      <Icon size={30} aria-hidden="true" />
      <div>
        <p className={classes.headlineTitle} role="status">
          {trouble ? "The robot holds" : advice.title}
        </p>
        <p className={classes.headlineText}>{trouble || advice.text}</p>
      </div>
      {advice.step && advice.step !== step && <Button onClick={() => advice.step && onGo(advice.step)}>{advice.title}</Button>}
      {user && <span className={classes.user}>{user} uses the rig</span>}
    </section>
  );
}

function Overview({ setup }: { setup: Setup }) {
  const devices = useLive(({ telemetry }) => telemetry?.rig?.devices.map(({ source }) => source) ?? [], sameContent);
  const waiting = useLive(
    ({ telemetry }) => telemetry?.rig?.devices.filter(({ state, rate_hz }) => state !== "ok" && rate_hz === 0).map(({ source }) => source) ?? [],
    sameContent,
  );
  return (
    <Stack gap="md">
      <PartsList />
      <div className={classes.cards}>
        {devices.map((source) => (
          <DeviceCard key={source} source={source} />
        ))}
      </div>
      {devices.length === 0 && <Alert color="gray">The rig has not said anything yet.</Alert>}
      {waiting.length > 0 && <Emulators setup={setup} devices={waiting} />}
    </Stack>
  );
}
