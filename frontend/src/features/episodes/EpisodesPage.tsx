import { Page } from "@/shared/ui/Page";

export function EpisodesPage() {
  return <Page title="Episodes">{null}</Page>;
}
