"""When the Service of the primary is written, and what."""

import unittest
from unittest import mock

from kubernetes.client.exceptions import ApiException

from holdfast import address, kube
from holdfast.env import Identity

ME = Identity("postgres-1", "shop", "10.0.0.1", "postgres", "app")


class PrimaryAddress(unittest.TestCase):
    def setUp(self):
        self.kube = mock.Mock()
        self.address = address.PrimaryAddress(self.kube, ME)
        clock = mock.patch.object(address.time, "monotonic", side_effect=lambda: self.now)
        clock.start()
        self.addCleanup(clock.stop)
        self.now = 100.0

    def written(self):
        calls, self.kube.point.call_args_list = self.kube.point.call_args_list, []
        self.assertTrue(all(call == mock.call("postgres", "postgres-1", "10.0.0.1") for call in calls))
        return len(calls)

    def test_once_at_first_and_then_as_seldom_as_it_says(self):
        for self.now in (100.0, 103.0, 100.0 + address.REPEAT_SECONDS - 1):
            self.address.leads()
        self.assertEqual(1, self.written())
        self.now = 100.0 + address.REPEAT_SECONDS
        self.address.leads()
        self.assertEqual(1, self.written())

    def test_who_has_followed_meanwhile_writes_anew(self):
        self.address.leads()
        self.address.follows()
        self.address.leads()
        self.assertEqual(2, self.written())

    def test_a_promotion_always_writes(self):
        self.address.leads()
        self.address.promoted()
        self.assertEqual(2, self.written())

    def test_what_fails_is_tried_again_at_the_next_round(self):
        self.kube.point.side_effect = ApiException(500)
        self.address.promoted()
        self.kube.point.side_effect = None
        self.address.leads()
        self.address.leads()
        self.assertEqual(2, self.written())


class Slice(unittest.TestCase):
    def point(self, ip):
        """The calls to the API that pointing a Service makes, in their order."""
        api = object.__new__(kube.Kube)
        api.namespace, calls = "shop", mock.Mock()
        api.core, api.applied = calls.core, calls.applied
        calls.core.read_namespaced_service.return_value.data = b'{"metadata": {"uid": "u1"}}'
        api.point("postgres", "postgres-1", ip)
        return calls

    def test_the_slice_is_there_before_the_mirrored_one_goes(self):
        calls = self.point("10.0.0.1")
        self.assertEqual(
            ["core.read_namespaced_service", "applied.patch_namespaced_endpoint_slice", "core.patch_namespaced_endpoints"],
            [name for name, _, _ in calls.method_calls],
        )
        name, namespace, labelled = calls.core.patch_namespaced_endpoints.call_args.args
        self.assertEqual(("postgres", "shop"), (name, namespace))
        self.assertEqual({"metadata": {"labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}}}, labelled)

    def test_it_leads_to_one_pod_and_goes_with_the_service(self):
        written = self.point("10.0.0.1").applied.patch_namespaced_endpoint_slice.call_args.args
        self.assertEqual(("postgres-primary", "shop"), written[:2])
        self.assertEqual("postgres", written[2]["metadata"]["labels"]["kubernetes.io/service-name"])
        self.assertEqual("u1", written[2]["metadata"]["ownerReferences"][0]["uid"])
        self.assertEqual(["10.0.0.1"], written[2]["endpoints"][0]["addresses"])
        self.assertEqual("IPv4", written[2]["addressType"])

    def test_an_address_may_be_of_the_newer_kind(self):
        self.assertEqual("IPv6", self.point("fd00::1").applied.patch_namespaced_endpoint_slice.call_args.args[2]["addressType"])


if __name__ == "__main__":
    unittest.main()
