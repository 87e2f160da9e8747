"""The fence's verdict, over the histories it must tell apart."""

import unittest

from holdfast.fence import Answer, blind_verdict, follows, verdict

STANDBYS = {"postgres-1", "postgres-2"}


def ask(answers, position=100, me="postgres-1", leader="postgres-0", standbys=STANDBYS, quorum=1):
    return verdict(me, position, leader, standbys, quorum, answers)


class Verdict(unittest.TestCase):
    def test_old_primary_silent_and_the_other_standby_turned(self):
        self.assertIsNone(ask([Answer("postgres-0", False, False, 0), Answer("postgres-2", True, True, 90)]))

    def test_other_standby_still_with_the_old_primary(self):
        self.assertIn("0 of the 1 needed", ask([Answer("postgres-0", False, False, 0), Answer("postgres-2", False, True, 90)]))

    def test_other_standby_silent_while_the_old_primary_may_live(self):
        self.assertIn("0 of the 1 needed", ask([Answer("postgres-0", False, False, 0), Answer("postgres-2", False, False, 0)]))

    def test_turned_standby_is_ahead(self):
        self.assertEqual("postgres-2 is ahead", ask([Answer("postgres-2", True, True, 101)]))

    def test_old_primary_is_known_to_be_down(self):
        self.assertIsNone(ask([Answer("postgres-0", False, True, 0), Answer("postgres-2", False, False, 0)]))

    def test_candidate_outside_the_voters_needs_one_more(self):
        answers = [Answer("postgres-2", True, True, 90)]
        self.assertIsNotNone(ask(answers, me="postgres-3", quorum=1))
        self.assertIsNone(ask([*answers, Answer("postgres-1", True, True, 90)], me="postgres-3", quorum=1))

    def test_last_standby_alone_needs_nobody(self):
        self.assertIsNone(ask([], standbys={"postgres-1"}, quorum=0))

    def test_old_leader_takes_its_own_lock_back(self):
        self.assertIsNone(ask([Answer("postgres-2", False, False, 0)], me="postgres-0"))


class Follows(unittest.TestCase):
    """Word for word what Patroni writes for the candidate: PostgreSQL compares the texts, and starts the receiver anew where they differ."""

    def test_another_host_and_nothing_else(self):
        of = "dbname=postgres user=replication passfile=/run/holdfast/pgpass host={} port=5432 application_name=postgres-2"
        self.assertEqual(of.format("10.0.0.22"), follows(of.format("10.0.0.1"), "10.0.0.22"))

    def test_no_upstream_stays_none(self):
        self.assertEqual("", follows("", "10.0.0.22"))


class BlindVerdict(unittest.TestCase):
    """The sync state is gone: nobody knows who was primary."""

    turned = Answer("postgres-2", True, True, 90)
    silent = Answer("postgres-0", False, False, 0)

    def test_all_but_one_turned(self):
        self.assertIsNone(blind_verdict(100, 3, [self.silent, self.turned]))

    def test_two_left_over_may_have_acknowledged_to_each_other(self):
        for other in (Answer("postgres-2", False, False, 0), Answer("postgres-2", False, True, 0)):
            self.assertIn("0 of 2 others turned, where 1 are needed", blind_verdict(100, 3, [self.silent, other]))

    def test_turned_member_is_ahead(self):
        self.assertEqual("postgres-2 is ahead", blind_verdict(100, 3, [Answer("postgres-2", True, True, 101)]))

    def test_five_members_need_three(self):
        others = [Answer(f"postgres-{ordinal}", True, True, 90) for ordinal in range(3)]
        self.assertIsNotNone(blind_verdict(100, 5, others[:2]))
        self.assertIsNone(blind_verdict(100, 5, others))

    def test_one_or_two_members_have_nobody_else_to_ask(self):
        self.assertIsNone(blind_verdict(100, 1, []))
        self.assertIsNone(blind_verdict(100, 2, [self.silent]))


if __name__ == "__main__":
    unittest.main()
