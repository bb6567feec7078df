import { describe, expect, it } from "vitest";
import { asLines, LogTail } from "./LogTail";

describe("asLines", () => {
  it("shows a progress bar as its newest state", () => {
    expect(asLines("start\n 10%\r 20%\r 30%\nend\n")).toEqual(["start", " 30%", "end"]);
    expect(asLines("windows\r\n")).toEqual(["windows"]);
  });

  it("keeps a line that has not ended, and empty ones in between", () => {
    expect(asLines("a\n\nb")).toEqual(["a", "", "b"]);
    expect(asLines("")).toEqual([]);
  });
});

describe("LogTail", () => {
  it("joins parts, also in the middle of a line", () => {
    const tail = new LogTail();
    let told = 0;
    tail.subscribe(() => told++);
    tail.append({ offset: 100, next_offset: 105, size: 105, text: "one\nt" });
    tail.append({ offset: 105, next_offset: 108, size: 108, text: "wo\n" });
    expect(tail.get()).toEqual({ lines: ["one", "two"], before: 100, size: 108 });
    expect(tail.nextOffset).toBe(108);
    expect(told).toBe(2);
  });

  it("takes older parts in front", () => {
    const tail = new LogTail();
    tail.append({ offset: 4, next_offset: 8, size: 8, text: "two\n" });
    tail.prepend({ offset: 0, next_offset: 4, size: 8, text: "one\n" });
    expect(tail.get()).toEqual({ lines: ["one", "two"], before: 0, size: 8 });
  });

  it("begins anew when the log did", () => {
    const tail = new LogTail();
    tail.append({ offset: 0, next_offset: 8, size: 8, text: "old log\n" });
    tail.append({ offset: 0, next_offset: 4, size: 4, text: "new\n" });
    expect(tail.get().lines).toEqual(["new"]);
  });

  it("forgets the beginning of an endless log", () => {
    const tail = new LogTail();
    const text = `${"x".repeat(999)}\n`.repeat(100);
    const bytes = text.length;
    for (let i = 0; i < 11; i++) tail.append({ offset: i * bytes, next_offset: (i + 1) * bytes, size: (i + 1) * bytes, text });
    expect(tail.get().lines).toHaveLength(1000);
    expect(tail.get().before).toBe(100_000);
  });
});
