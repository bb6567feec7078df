import { Button, Group, Menu, Modal, Text } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { fullName } from "@/shared/api/policyName";
import type { Policy } from "@/shared/api/queries";
import { STAGE_COLOR, STAGE_TEXT, STAGES, type Stage } from "./model";
import { useChangePolicy } from "./queries";

/** What a policy is meant for. Into production and out of it only after a question: others rely on it. */
export function StageControl({ policy }: { policy: Policy }) {
  const change = useChangePolicy(policy.id);
  const [asked, setAsked] = useState<Stage | null>(null);
  const apply = (stage: Stage) =>
    change.mutate(
      { stage },
      {
        onSuccess: () => setAsked(null),
        onError: (error) => notifications.show({ color: "red", title: "Stage not changed", message: error.message }),
      },
    );
  const choose = (stage: Stage) => (stage === "production" || policy.stage === "production" ? setAsked(stage) : apply(stage));
  return (
    <>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="light"
            color={STAGE_COLOR[policy.stage]}
            rightSection={<IconChevronDown size={12} />}
            loading={change.isPending}
            aria-label={`Stage of ${fullName(policy)}: ${policy.stage}`}
          >
            {policy.stage}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {STAGES.filter((stage) => stage !== policy.stage).map((stage) => (
            <Menu.Item key={stage} onClick={() => choose(stage)}>
              <Text size="sm">{stage}</Text>
              <Text size="xs" c="dimmed">
                {STAGE_TEXT[stage]}
              </Text>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={`${fullName(policy)}: ${policy.stage} to ${asked ?? ""}?`}>
        <Text size="sm">
          {asked === "production"
            ? "It becomes one that others rely on. Do this after it was judged on the robot or in an evaluation."
            : "Others may rely on it now. It stays in the registry and can be brought back."}
        </Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsked(null)}>
            Leave it
          </Button>
          <Button loading={change.isPending} onClick={() => asked && apply(asked)}>
            Make it {asked}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
