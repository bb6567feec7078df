/** The end of a growing log, as lines; kept outside React and told piece by piece. */

export interface LogPart {
  offset: number;
  next_offset: number;
  size: number;
  text: string;
}

export interface LogView {
  lines: readonly string[];
  /** Bytes of the log before the first line shown. */
  before: number;
  size: number;
}

/** Characters kept; older ones are dropped from the front. */
const MOST = 1_000_000;

/** What a terminal would show: a carriage return begins the line anew, as progress bars do. */
export function asLines(text: string): string[] {
  const lines = text.split("\n").map((line) => {
    const drawn = line.replace(/\r+$/, "");
    return drawn.slice(drawn.lastIndexOf("\r") + 1);
  });
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

export class LogTail {
  private text = "";
  private first = 0;
  private next: number | null = null;
  private size = 0;
  /** Made when somebody looks; null after every change. */
  private view: LogView | null = null;
  private readonly listeners = new Set<() => void>();

  /** Where to read on; null before the first part. */
  get nextOffset(): number | null {
    return this.next;
  }

  readonly get = (): LogView => (this.view ??= { lines: asLines(this.text), before: this.first, size: this.size });

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Take what comes after all that is known. A log that shrank was begun anew. */
  append({ offset, next_offset, size, text }: LogPart): void {
    if (this.next !== null && (size < this.next || offset !== this.next)) this.text = "";
    if (this.text === "") this.first = offset;
    this.next = next_offset;
    this.text += text;
    if (this.text.length > MOST) {
      const cut = this.text.indexOf("\n", this.text.length - MOST - 1) + 1;
      this.first += new TextEncoder().encode(this.text.slice(0, cut)).length;
      this.text = this.text.slice(cut);
    }
    this.publish(size);
  }

  /** Take what comes before all that is known. */
  prepend({ offset, size, text }: LogPart): void {
    this.text = text + this.text;
    this.first = offset;
    this.publish(size);
  }

  private publish(size: number): void {
    this.size = size;
    this.view = null;
    for (const listener of this.listeners) listener();
  }
}
