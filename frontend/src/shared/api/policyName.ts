import type { Policy } from "./queries";

/** `lift-act` and 3 -> `lift-act-3`, as recordings name their driver. */
export const fullName = ({ name, number }: Pick<Policy, "name" | "number">): string => `${name}-${number}`;
