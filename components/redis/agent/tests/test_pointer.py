"""Where the Service points."""

import unittest

from agent import kube, pointer

from .box import SENTINELS, SERVERS, pod

A, B, C = SERVERS


class Points(unittest.TestCase):
    def setUp(self):
        self.written, self.asked = [], []
        self.address = "10.9.9.9"
        self.pointer = pointer.Pointer(pod("sentinel"), self.call)

    def call(self, method, path, body=None, kind=kube.JSON):
        self.asked.append((method, path))
        if method == "PATCH":
            self.assertEqual(kind, kube.APPLY)
            self.written.append(body)
            return {}
        return {"status": {"podIP": self.address}} if "/pods/" in path else {"metadata": {"uid": "u"}}

    def round(self, *named):
        for sentinel, one in zip(SENTINELS, named):
            self.pointer.hear(sentinel, one)
        self.pointer.look()

    def pods(self):
        return [one["endpoints"][0]["targetRef"]["name"] for one in self.written]

    def test_at_the_pod_that_two_sentinels_name(self):
        self.round(C, A, C)
        slices = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/redis-primary"
        self.assertEqual(
            self.asked,
            [
                ("GET", "/api/v1/namespaces/shop/pods/redis-2"),
                ("GET", "/api/v1/namespaces/shop/services/redis"),
                ("PATCH", f"{slices}?fieldManager=holdfast&force=true"),
            ],
        )
        labels = {"kubernetes.io/service-name": "redis", "endpointslice.kubernetes.io/managed-by": "holdfast"}
        target = {"kind": "Pod", "name": "redis-2", "namespace": "shop"}
        wanted = {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "addressType": "IPv4",
            "metadata": {
                "name": "redis-primary",
                "labels": labels,
                "ownerReferences": [{"apiVersion": "v1", "kind": "Service", "name": "redis", "uid": "u"}],
            },
            "ports": [{"name": "redis", "port": 6379, "protocol": "TCP"}],
            "endpoints": [{"addresses": ["10.9.9.9"], "conditions": {"ready": True}, "targetRef": target}],
        }
        self.assertEqual(self.written, [wanted])

    def test_nowhere_new_where_each_names_another_or_nobody(self):
        self.round(A, B, C)
        self.round("", "", "")
        self.round(A)
        self.assertEqual(self.asked, [])

    def test_an_answer_counts_once(self):
        self.round(A)
        self.round("", A)
        self.assertEqual(self.asked, [])
        self.round(A, A)
        self.assertEqual(self.pods(), ["redis-0"])

    def test_at_the_next_primary_at_once(self):
        self.round(A, A)
        self.round(B, "", B)
        self.assertEqual(self.pods(), ["redis-0", "redis-1"])

    def test_again_after_thirty_rounds_though_nothing_has_changed(self):
        for _ in range(61):
            self.round(A, A, A)
        self.assertEqual(len(self.written), 3)

    def test_again_in_the_next_round_where_it_failed(self):
        self.address = ""
        self.round(A, A)
        self.assertEqual(self.written, [])
        self.address = "10.9.9.9"
        self.round(A, A)
        self.assertEqual(self.pods(), ["redis-0"])
