/** Quality as a percentage, or a dash while it is not known. */
export const formatQuality = (score: number | null): string => (score === null ? "–" : `${Math.round(score * 100)} %`);
