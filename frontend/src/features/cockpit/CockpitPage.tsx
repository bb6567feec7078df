import { Page } from "@/shared/ui/Page";

export function CockpitPage() {
  return <Page title="Cockpit">{null}</Page>;
}
