import { expect, it } from "vitest";
import { times, whoDrove } from "./model";

it("says who drove and for how long", () => {
  expect(whoDrove({ policies: ["act-3"], policy_s: 72.4, person_s: 8 })).toBe("act-3 1 min 12 s, people 8 s");
  expect(whoDrove({ policies: ["act-3", "act-4"], policy_s: 5, person_s: 0 })).toBe("act-3 and act-4 5 s");
  expect(whoDrove({ policies: [], policy_s: 0, person_s: 3 })).toBe("people 3 s");
  expect(whoDrove({ policies: null, policy_s: null, person_s: null })).toBe("nobody");
});

it("counts in words", () => {
  expect([0, 1, 2].map(times)).toEqual(["never", "once", "2 times"]);
});
