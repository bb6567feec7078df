import { Page } from "@/shared/ui/Page";

export function TasksPage() {
  return <Page title="Tasks">{null}</Page>;
}
