"""When a certificate is ordered."""

import unittest

from agent import due
from agent.due import Tried
from agent.shown import Shown

DAY = 86400


def certificate(names: list[str]) -> Shown:
    """One of ninety days, from second 0 on."""
    return Shown("1", 0, 90 * DAY, names)


class Decides(unittest.TestCase):
    def test_whether_another_is_wanted(self):
        for what, there, hosts, now, wanted in (
            ("there is none", None, ["a.example"], 0, True),
            ("it is new", certificate(["a.example"]), ["a.example"], DAY, False),
            ("a third is left, and a bit", certificate(["a.example"]), ["a.example"], 60 * DAY - 1, False),
            ("a third is left", certificate(["a.example"]), ["a.example"], 60 * DAY, True),
            ("it has ended", certificate(["a.example"]), ["a.example"], 91 * DAY, True),
            ("a host has been added", certificate(["a.example"]), ["a.example", "b.example"], DAY, True),
            ("a host has been taken away", certificate(["a.example", "b.example"]), ["a.example"], DAY, False),
        ):
            with self.subTest(what):
                self.assertEqual(due.wanted(there, hosts, now), wanted)

    def test_pauses_grow_and_have_an_end(self):
        tried, pauses = Tried(0, 0), []
        for _ in range(9):
            tried = due.begun(tried, 1000)
            pauses.append(int(tried.next - 1000) // 60)
        self.assertEqual(pauses, [5, 10, 20, 40, 80, 160, 240, 240, 240])
        self.assertEqual(due.begun(Tried(5000, 0), 0).next, due.LONGEST_PAUSE)

    def test_within_an_hour_fewer_orders_fail_than_the_server_allows(self):
        now, tried, orders = 0.0, Tried(0, 0), 0
        while now < 3600:
            tried = due.begun(tried, now)
            now, orders = tried.next, orders + 1
        self.assertLessEqual(orders, 5)

    def test_what_is_noted_is_read_again(self):
        for tried in (Tried(0, 0), Tried(3, 1796076601)):
            self.assertEqual(due.tried(due.noted(tried)), tried)
        self.assertEqual(due.tried(None), Tried(0, 0))
