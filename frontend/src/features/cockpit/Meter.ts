/** The last values of one measurement, for a number and a small curve. */
const LENGTH = 120;

export class Meter {
  private values: number[] = [];

  push(value: number | null | undefined): void {
    if (value === null || value === undefined || !Number.isFinite(value)) return;
    this.values = [...this.values.slice(1 - LENGTH), value];
  }

  clear(): void {
    this.values = [];
  }

  get all(): readonly number[] {
    return this.values;
  }

  /** Middle of the newest `count` values, which one outlier does not move; null without values. */
  recent(count = 9): number | null {
    const sorted = this.values.slice(-count).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  get worst(): number | null {
    return this.values.length > 0 ? Math.max(...this.values) : null;
  }
}
