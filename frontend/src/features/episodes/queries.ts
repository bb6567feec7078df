import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, http } from "@/shared/api/http";
import { toQuery, type Filters } from "./library/filters";
import type { Episode, EpisodeDetail, Review } from "./model";

const PAGE = 100;
/** Points per plotted line; more than any screen is wide. */
const MAX_POINTS = 3000;
const POSE_RATE_HZ = 30;

export const episodesQuery = (filters: Filters) =>
  infiniteQueryOptions({
    queryKey: ["episodes", filters],
    queryFn: ({ pageParam }) =>
      body(http.GET("/api/episodes", { params: { query: toQuery(filters, PAGE, pageParam) } })),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.length * PAGE;
      return loaded < last.total ? loaded : undefined;
    },
    refetchInterval: 10_000,
  });

export const episodeQuery = (id: string) =>
  queryOptions({
    queryKey: ["episode", id],
    queryFn: () => body(http.GET("/api/episodes/{episode_id}", { params: { path: { episode_id: id } } })),
  });

export const seriesQuery = (id: string, names: string[] | undefined) =>
  queryOptions({
    queryKey: ["episode", id, "series", names],
    queryFn: () =>
      body(
        http.GET("/api/episodes/{episode_id}/series", {
          params: { path: { episode_id: id }, query: { names, max_points: MAX_POINTS } },
        }),
      ),
    staleTime: Infinity,
  });

export const posesQuery = (id: string) =>
  queryOptions({
    queryKey: ["episode", id, "poses"],
    queryFn: () =>
      body(
        http.GET("/api/episodes/{episode_id}/poses", {
          params: { path: { episode_id: id }, query: { rate_hz: POSE_RATE_HZ } },
        }),
      ),
    staleTime: Infinity,
  });

export const framesQuery = (id: string, camera: string) =>
  queryOptions({
    queryKey: ["episode", id, "frames", camera],
    queryFn: () =>
      body(
        http.GET("/api/episodes/{episode_id}/frames/{camera}", { params: { path: { episode_id: id, camera } } }),
      ),
    staleTime: Infinity,
  });

/** Store a verdict; the newest version of the episode replaces the cached one. */
export function useReview() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ episode, change }: { episode: Episode; change: Partial<Omit<Review, "version">> }) => {
      const review: Review = {
        version: episode.version,
        status: episode.status === "interrupted" ? "new" : episode.status,
        reject_reason: episode.reject_reason,
        note: episode.note,
        ...change,
      };
      return body(
        http.PUT("/api/episodes/{episode_id}/review", {
          params: { path: { episode_id: episode.id } },
          body: review,
        }),
      );
    },
    onSuccess: (saved) => {
      client.setQueryData<EpisodeDetail>(["episode", saved.id], (old) => (old ? { ...old, ...saved } : old));
    },
    // A conflict means that somebody else reviewed it: show theirs.
    onSettled: (_saved, _error, { episode }) => {
      void client.invalidateQueries({ queryKey: ["episode", episode.id], exact: true });
      void client.invalidateQueries({ queryKey: ["episodes"] });
      void client.invalidateQueries({ queryKey: ["tasks"] });
    },
  });
}
