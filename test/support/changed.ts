import type { Change } from "../../components/common/changes";

/** Arguments with the value at a path another one. */
function withValue(args: Record<string, any>, [first, ...rest]: string[], to: unknown): Record<string, any> {
  if (rest.length === 0) return { ...args, [first!]: to };
  const inside = typeof args[first!] === "object" ? args[first!] : {};
  return { ...args, [first!]: withValue(inside, rest, to) };
}

/** A component's arguments with one of them changed, or with only what the change needs beside it. */
export function changed(
  args: Record<string, any>,
  { argument, to, beside = {} }: Change,
  only: "beside" | "all" = "all",
): Record<string, any> {
  const ready = Object.entries(beside).reduce((made, [path, value]) => withValue(made, path.split("."), value), args);
  return only === "beside" ? ready : withValue(ready, argument.split("."), to);
}
