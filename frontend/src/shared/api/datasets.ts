import type { Dataset } from "./queries";

export const versionName = ({ name, number }: Pick<Dataset, "name" | "number">): string => `${name}-v${number}`;

export const DATASET_COLOR: Record<Dataset["state"], string> = { queued: "gray", building: "blue", ready: "teal", failed: "red" };
