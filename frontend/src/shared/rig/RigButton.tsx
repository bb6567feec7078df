import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { http } from "@/shared/api/http";
import { sameContent, useClientId, useLive } from "@/shared/live/live";
import { situationOf } from "@/shared/live/situation";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { noRig } from "./model";

/** Switches the worn rig on and off for whoever has control; nothing at all where there is no rig. */
export function RigButton() {
  const client = useClientId();
  const rig = useLive(({ telemetry }) => telemetry?.rig && { driver: telemetry.rig.driver, note: telemetry.rig.note }, sameContent);
  const situation = useLive(situationOf, sameContent);
  const action = useMutation({
    mutationFn: (wish: "use" | "leave") => http.POST(`/api/rig/${wish}`, { body: { client } }),
    onError: ({ message }) => notifications.show({ id: "rig", color: "red", message }),
  });
  if (!rig) return null;
  const mine = client !== "" && rig.driver === client;
  return (
    <ReasonButton
      variant={mine ? "light" : "default"}
      reason={mine ? "" : noRig(situation)}
      hint={mine ? rig.note || "Your body moves the robot while the deadman is held. Press to switch the rig off." : "Your body moves the robot while the deadman is held."}
      loading={action.isPending}
      onClick={() => action.mutate(mine ? "leave" : "use")}
    >
      {mine ? "Rig off" : "Rig on"}
    </ReasonButton>
  );
}
