import { expect, test } from "vitest";
import { rangesOf, widened } from "./ranges";

test("a range shorter than two scrapes and a half is widened, any other is left as written", () => {
  const expr = 'rate(a{b="[1m]x"}[1m]) / rate(c[5m]) > max_over_time(d[1h:30s])';
  expect(widened("rate(a[1m])", 60)).toBe("rate(a[150s])");
  expect(widened("rate(a[5m])", 60)).toBe("rate(a[5m])");
  expect(widened("rate(a[150s])", 60)).toBe("rate(a[150s])");
  expect(rangesOf(widened(expr, 300)).every((seconds) => seconds >= 600)).toBe(true);
});

test("a subquery keeps its step", () => {
  expect(widened("max_over_time(rate(a[1m])[2m:1m])", 300)).toBe("max_over_time(rate(a[750s])[750s:1m])");
});
