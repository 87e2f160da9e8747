import { expect, test } from "vitest";
import { contextsIn, demandContext, knownContexts } from "./kube-context";

const KUBECONFIG =
  "apiVersion: v1\nkind: Config\ncontexts:\n- name: kind-kind\n  context: {cluster: kind-kind, user: " +
  "kind-kind}\n- name: minikube\n  context: {cluster: minikube, user: minikube}\n";

test("contexts of several files, one of them empty", () => {
  expect(contextsIn([KUBECONFIG, "", "apiVersion: v1\ncontexts:\n- name: prod\n"])).toEqual([
    "kind-kind",
    "minikube",
    "prod",
  ]);
});

test("a file that is not there knows none", () => {
  expect(knownContexts("/nonexistent/kubeconfig")).toEqual([]);
});

test("a context that exists is let through", () => {
  expect(() => demandContext("minikube", ["kind-kind", "minikube"])).not.toThrow();
});

test("one that does not ends in a sentence with the key and the nearest that does", () => {
  expect(() => demandContext("kind-holdfast", ["minikube", "kind-kind"])).toThrow(
    'kubeContext is "kind-holdfast", but must be a context of your kubeconfig; it has minikube, kind-kind.\n    ' +
      "Type: pulumi config set kubeContext kind-kind",
  );
  expect(() => demandContext("kind-holdfast", [])).toThrow("there is none: make a cluster, or point KUBECONFIG");
});
