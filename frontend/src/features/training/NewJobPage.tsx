import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Page } from "@/shared/ui/Page";
import { JobForm } from "./create/JobForm";
import { jobQuery, kindsQuery } from "./queries";

const route = getRouteApi("/training/new");

/** Template first, everything else on demand. */
export function NewJobPage() {
  const search = route.useSearch();
  const kinds = useQuery(kindsQuery);
  const copied = useQuery({ ...jobQuery(search.from ?? ""), enabled: search.from !== undefined });
  const error = kinds.error ?? copied.error;
  const ready = kinds.data && (search.from === undefined || copied.data);
  return (
    <Page title={search.init ? "Fine-tune a policy" : copied.data ? `Copy of ${copied.data.name}` : "New job"}>
      {error && <EmptyState title="The form cannot be shown" text={error.message} />}
      {!error && !ready && <Skeleton h={360} />}
      {ready && <JobForm key={`${search.from ?? ""} ${search.init ?? ""}`} kinds={kinds.data} copied={copied.data} />}
    </Page>
  );
}
