const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Date and time in the viewer's zone. */
export const formatDate = (iso: string): string => clock.format(new Date(iso));

/** The same, exact, with its zone, for a tooltip. */
export const formatExact = (iso: string): string => exact.format(new Date(iso));

/** Quality as a percentage, or a dash while it is not known. */
export const formatQuality = (score: number | null): string => (score === null ? "–" : `${Math.round(score * 100)} %`);
