import { expect, test } from "vitest";
import { explained } from "./engine-errors";

test.each([
  ["a wrong passphrase", "error: get stack secrets manager: incorrect passphrase", "PULUMI_CONFIG_PASSPHRASE"],
  ["no passphrase", "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"],
  ["a locked stack", "error: the stack is currently locked by 1 lock(s).", "pulumi cancel"],
  ["a full disk", "failed to register layer: write /usr/lib/x: no space left on device", "disk is full"],
  ["a registry that is away", "dial tcp 127.0.0.1:5001: connect: connection refused", "webAppImage"],
  ["a port that another Service has", "30080: provided port is already allocated", "loadBalancerNodePort"],
  ["a published port", "Bind for 127.0.0.1:8080 failed: port is already allocated", "`url`"],
  [
    "a version that does not start",
    'has a non-primitive value (map[conditions:[map[message:ReplicaSet "web-app-5d9" has timed out progressing.]]])',
    "version before goes on",
  ],
  [
    "an object of another stack's",
    'Apply failed with 1 conflict: conflict with "pulumi-kubernetes-54e139d8": ' +
      ".metadata.annotations.holdfast.dev/owner: field conflict detected",
    "another stack's",
  ],
])("%s ends with what to do", (_what, printed, fix) => {
  expect(explained(printed)).toContain(fix);
});

test("what is not known is not explained away", () => {
  expect(explained("error: update failed")).toBeUndefined();
  expect(explained("no stack named 'dev' found")).toBeUndefined();
});
