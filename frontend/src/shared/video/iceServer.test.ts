import { describe, expect, it } from "vitest";
import { withCredentials } from "./iceServer";

describe("withCredentials", () => {
  it("takes user and password out of a TURN URL", () => {
    expect(withCredentials({ urls: "turn:bunraku:s:cret@10.0.0.1:3478?transport=tcp" })).toEqual({
      urls: "turn:10.0.0.1:3478?transport=tcp",
      username: "bunraku",
      credential: "s:cret",
    });
  });

  it.each(["stun:stun.example.org:19302", "turn:10.0.0.1"])("leaves %s alone", (urls) => {
    expect(withCredentials({ urls })).toEqual({ urls });
  });
});
