/** The person's display name, kept in this browser. */
const KEY = "bunraku.operator";
const MAX_LENGTH = 60;

export function operatorName(): string {
  return localStorage.getItem(KEY) ?? "Operator";
}

/** Stores a name; returns why not, or an empty string. */
export function setOperatorName(name: string): string {
  const trimmed = name.trim();
  if (trimmed.length === 0 || trimmed.length > MAX_LENGTH) return `A name has 1 to ${MAX_LENGTH} characters.`;
  localStorage.setItem(KEY, trimmed);
  return "";
}
