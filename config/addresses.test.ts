import { describe, expect, test } from "vitest";
import {
  hostAndPort,
  isPrivateName,
  isRange,
  isWide,
  leavesOutPrivate,
  PRIVATE_RANGES,
  PUBLIC_BLOCKS,
  rangeOfAddress,
} from "./addresses";

test.each([
  ["203.0.113.0/24", true],
  ["203.0.113.7/32", true],
  ["2001:db8::/32", true],
  ["0.0.0.0/0", true],
  ["203.0.113.7", false],
  ["203.0.113.0/33", false],
  ["2001:db8::/129", false],
  ["example.com/24", false],
  ["", false],
])("%s is a range: %s", (text, right) => expect(isRange(text)).toBe(right));

test.each([
  ["0.0.0.0/0", true],
  ["128.0.0.0/1", true],
  ["96.0.0.0/7", true],
  ["::/0", true],
  ["2000::/3", true],
  ["nonsense", true],
  ["10.0.0.0/8", false],
  ["203.0.113.0/24", false],
  ["2a05:d018::/36", false],
])("%s names nobody: %s", (cidr, wide) => expect(isWide(cidr)).toBe(wide));

describe("public addresses", () => {
  test("the blocks for them leave out every private range, and a copy that forgets one does not", () => {
    for (const block of PUBLIC_BLOCKS) {
      expect(leavesOutPrivate(block), block.cidr).toBe(true);
      for (const forgotten of block.except ?? []) {
        expect(
          leavesOutPrivate({ ...block, except: block.except!.filter((range) => range !== forgotten) }),
          forgotten,
        ).toBe(false);
      }
    }
    expect(PUBLIC_BLOCKS[0]?.except).toContain("169.254.0.0/16");
  });

  test.each(PRIVATE_RANGES)("%s is none of them", (cidr) => expect(leavesOutPrivate({ cidr })).toBe(false));

  test.each([
    [{ cidr: "203.0.113.0/24" }, true],
    [{ cidr: "10.1.2.0/24" }, false],
    [{ cidr: "0.0.0.0/0" }, false],
    [{ cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] }, false],
    [{ cidr: "8.0.0.0/7" }, true],
    [{ cidr: "8.0.0.0/6" }, false],
    [{ cidr: "8.0.0.0/6", except: ["10.0.0.0/7"] }, true],
    [{ cidr: "nonsense" }, false],
  ])("%j leaves them out: %s", (block, right) => expect(leavesOutPrivate(block)).toBe(right));
});

test.each([
  ["hooks.example.com", false],
  ["example.com.", false],
  ["203.0.113.7", false],
  ["::1", false],
  ["my-local.io", false],
  ["svc.example.com", false],
  ["localhost", true],
  ["relay", true],
  ["relay.ops.svc", true],
  ["relay.ops.svc.cluster.local", true],
  ["hooks.corp", true],
  ["Printer.LOCAL.", true],
  ["ip-10-0-0-1.ec2.internal", true],
])("%s is a private name: %s", (host, isPrivate) => expect(isPrivateName(host)).toBe(isPrivate));

test.each([
  ["https://a.example", { host: "a.example", port: 443 }],
  ["http://a.example/x", { host: "a.example", port: 80 }],
  ["http://10.0.0.1:9999/x", { host: "10.0.0.1", port: 9999 }],
  ["https://me:key@a.example/x", { host: "a.example", port: 443 }],
  ["https://[2a05:d018::1]:8443/x", { host: "2a05:d018::1", port: 8443 }],
  ["ftp://a.example", undefined],
  ["https://", undefined],
  ["http://a.example:0", undefined],
  ["a.example:80", undefined],
])("%s leads to %j", (url, to) => expect(hostAndPort(url)).toEqual(to));

test.each([
  ["203.0.113.7", "203.0.113.7/32"],
  ["2a05:d018::1", "2a05:d018::1/128"],
  ["a.example", undefined],
])("the range of %s is %s", (host, range) => expect(rangeOfAddress(host)).toBe(range));
