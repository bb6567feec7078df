import { Badge, Button, Card, Group, Progress, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { tasksQuery, type Task } from "@/shared/api/queries";
import { EmptyState } from "@/shared/ui/EmptyState";
import { clockTime } from "@/shared/ui/format";
import { Page } from "@/shared/ui/Page";
import { TaskForm } from "./TaskForm";

function TaskCard({ task, onEdit }: { task: Task; onEdit: () => void }) {
  const accepted = task.counts["accepted"] ?? 0;
  const waiting = (task.counts["new"] ?? 0) + (task.counts["interrupted"] ?? 0);
  return (
    <Card withBorder padding="md">
      <Stack gap="xs" h="100%" justify="space-between">
        <div>
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600} truncate>
              {task.name}
            </Text>
            {waiting > 0 && (
              <Badge
                component={Link}
                to={`/episodes?task=${task.id}&status=new`}
                variant="light"
                style={{ cursor: "pointer", flexShrink: 0 }}
              >
                {waiting} to review
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" lineClamp={3}>
            {task.instruction}
          </Text>
        </div>
        <div>
          <Group justify="space-between" mb={4}>
            <Text size="sm">
              {accepted} accepted{task.goal > 0 && ` of ${task.goal}`}
            </Text>
            <Text size="sm" c="dimmed">
              {clockTime(task.accepted_s, 0)} min of data, {task.counts["rejected"] ?? 0} rejected
            </Text>
          </Group>
          {task.goal > 0 && <Progress value={Math.min(100, (100 * accepted) / task.goal)} aria-label="Progress to the goal" />}
          <Group mt="sm" gap="xs">
            <Button size="xs" variant="light" component={Link} to={`/episodes?task=${task.id}`}>
              Episodes
            </Button>
            <Button size="xs" variant="subtle" onClick={onEdit}>
              Edit
            </Button>
          </Group>
        </div>
      </Stack>
    </Card>
  );
}

/** Say what to collect: instruction, goal and how far it is. */
export function TasksPage() {
  const tasks = useQuery(tasksQuery);
  const [edited, setEdited] = useState<Task | "new" | null>(null);
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      New task
    </Button>
  );
  return (
    <Page title="Tasks" actions={create}>
      {tasks.error && <EmptyState title="The tasks cannot be read" text={tasks.error.message} />}
      {tasks.isPending && <Skeleton h={180} />}
      {tasks.data?.length === 0 && (
        <EmptyState
          title="No tasks yet"
          text="A task says what the robot shall do, in words a policy can learn from. Every episode belongs to one."
        >
          {create}
        </EmptyState>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {tasks.data?.map((task) => (
          <TaskCard key={task.id} task={task} onEdit={() => setEdited(task)} />
        ))}
      </SimpleGrid>
      {edited && <TaskForm task={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  );
}
