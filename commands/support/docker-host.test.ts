import { expect, test } from "vitest";
import { engineVariable } from "./docker-host";

test.each([
  [
    "Colima's socket is passed on",
    undefined,
    "unix:///home/a/.colima/default/docker.sock",
    { DOCKER_HOST: "unix:///home/a/.colima/default/docker.sock" },
  ],
  ["the default socket is not", undefined, "unix:///var/run/docker.sock", {}],
  ["what the environment names wins", "tcp://10.0.0.1:2376", "unix:///home/a/.colima/default/docker.sock", {}],
  ["without Docker nothing is", undefined, "", {}],
])("%s", (_what, chosen, ofContext, variables) => {
  expect(engineVariable(chosen, ofContext)).toEqual(variables);
});
