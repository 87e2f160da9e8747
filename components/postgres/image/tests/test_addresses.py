"""When the Services of the primary and the standbys are written, and what."""

import unittest
from unittest import mock

from holdfast import addresses, kube
from holdfast.env import Identity
from holdfast.kube import Member
from kubernetes.client.exceptions import ApiException

ME = Identity("postgres-1", "shop", "10.0.0.1", "postgres", "app")
BOTH = frozenset({"postgres-0", "postgres-2"})


class Addresses(unittest.TestCase):
    def setUp(self):
        self.kube = mock.Mock()
        self.kube.members.return_value = [Member(f"postgres-{number}", f"10.0.0.{number}") for number in range(3)]
        self.addresses = addresses.Addresses(self.kube, ME)
        clock = mock.patch.object(addresses.time, "monotonic", side_effect=lambda: self.now)
        clock.start()
        self.addCleanup(clock.stop)
        self.now = 100.0

    def written(self):
        """By Service, what was written since the last question; twice the same is an error."""
        calls, self.kube.point.call_args_list = [call.args for call in self.kube.point.call_args_list], []
        self.assertEqual(len(dict(calls)), len(calls))
        return dict(calls)

    def test_the_primary_s_is_this_member_and_the_standbys_are_those_that_stream(self):
        self.addresses.leads(BOTH | {"pgbackrest"})
        self.assertEqual(
            {
                "postgres": {"postgres-1": "10.0.0.1"},
                "postgres-replicas": {"postgres-0": "10.0.0.0", "postgres-2": "10.0.0.2"},
            },
            self.written(),
        )
        self.kube.stop_mirroring.assert_called_once_with("postgres")

    def test_nothing_is_written_twice_before_its_time(self):
        self.addresses.leads(BOTH)
        self.written()
        for self.now in (103.0, 100.0 + addresses.REPEAT_SECONDS - 1):
            self.addresses.leads(BOTH)
        self.assertEqual({}, self.written())
        self.now = 100.0 + addresses.REPEAT_SECONDS
        self.addresses.leads(BOTH)
        self.assertEqual({"postgres", "postgres-replicas"}, set(self.written()))

    def test_a_standby_that_no_longer_streams_is_taken_out_at_once(self):
        self.addresses.leads(BOTH)
        self.written()
        self.addresses.leads(frozenset({"postgres-2"}))
        self.assertEqual({"postgres-replicas": {"postgres-2": "10.0.0.2"}}, self.written())
        self.addresses.leads(frozenset())
        self.assertEqual({"postgres-replicas": {}}, self.written())

    def test_who_has_followed_meanwhile_writes_anew(self):
        self.addresses.leads(BOTH)
        self.written()
        self.addresses.follows()
        self.addresses.promoted()
        self.assertEqual({"postgres": {"postgres-1": "10.0.0.1"}}, self.written())

    def test_a_promotion_always_writes(self):
        self.addresses.leads(BOTH)
        self.written()
        self.addresses.promoted()
        self.assertEqual({"postgres": {"postgres-1": "10.0.0.1"}}, self.written())

    def test_what_fails_is_tried_again_at_the_next_round(self):
        self.kube.point.side_effect = ApiException(500)
        self.addresses.promoted()
        self.written()
        self.kube.point.side_effect = None
        self.addresses.leads(BOTH)
        self.assertEqual({"postgres", "postgres-replicas"}, set(self.written()))


class Slice(unittest.TestCase):
    def test_it_leads_to_the_pods_and_goes_with_the_service(self):
        api = object.__new__(kube.Kube)
        api.namespace, api.core, api.applied = "shop", mock.Mock(), mock.Mock()
        api.core.read_namespaced_service.return_value.data = (
            b'{"metadata": {"uid": "u1"}, "spec": {"ipFamilies": ["IPv6"]}}'
        )
        api.point("postgres", {"postgres-1": "fd00::1"})
        name, namespace, written = api.applied.patch_namespaced_endpoint_slice.call_args.args
        self.assertEqual(("postgres-addresses", "shop"), (name, namespace))
        self.assertEqual(name, written["metadata"]["name"])
        self.assertEqual("postgres", written["metadata"]["labels"]["kubernetes.io/service-name"])
        self.assertEqual("u1", written["metadata"]["ownerReferences"][0]["uid"])
        self.assertEqual([["fd00::1"]], [endpoint["addresses"] for endpoint in written["endpoints"]])
        self.assertEqual("IPv6", written["addressType"])
