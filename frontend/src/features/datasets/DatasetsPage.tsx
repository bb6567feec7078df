import { Page } from "@/shared/ui/Page";

export function DatasetsPage() {
  return <Page title="Datasets">{null}</Page>;
}
