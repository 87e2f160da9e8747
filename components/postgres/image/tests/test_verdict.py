"""The fence's decision, over the histories it must tell apart."""

import unittest

from holdfast.verdict import Answer, Known, Promotion, Sync, effective, succeeded, suspects, verdict
from holdfast.wal import Position

A, B, C = "postgres-0", "postgres-1", "postgres-2"
STATE = Sync(A, {B, C}, 1)


def let_through(member=B, after=A, timeline=2):
    return Promotion(member, after, timeline, 1000.0)


def turned(name, location=90, timeline=1, final=True):
    return Answer(name, True, final, Position(timeline, location))


def loose(name, location=90, timeline=1):
    """Alive, and not with the candidate."""
    return Answer(name, False, True, Position(timeline, location))


def ended(name, location=99, timeline=1):
    return Answer(name, ended=Position(timeline, location))


def ask(*answers, me=B, location=100, timeline=1, sync=STATE, promotion=None, members=3):
    return verdict(me, Position(timeline, location), Known(sync, promotion, members), list(answers))


class Quorum(unittest.TestCase):
    def test_old_primary_silent_and_the_other_standby_turned(self):
        self.assertIsNone(ask(Answer(A), turned(C)))

    def test_other_standby_still_with_the_old_primary_or_silent(self):
        for other in (loose(C), Answer(C)):
            self.assertIn("0 of the 1 needed", ask(Answer(A), other))

    def test_whoever_is_ahead_goes_before(self):
        for other in (turned(C, 101), loose(C, 101), turned(C, 50, timeline=2)):
            self.assertEqual("postgres-2 is ahead", ask(other))

    def test_one_that_still_reads_its_log_may_have_more_than_it_says(self):
        self.assertIn("0 of the 1 needed", ask(turned(C, final=False)))

    def test_one_that_still_reads_its_log_holds_nobody_up_whose_primary_never_counted_on_it(self):
        self.assertIsNone(ask(turned(C, final=False), sync=Sync(A, {B}, 0)))

    def test_candidate_outside_the_voters_needs_one_more(self):
        self.assertIsNotNone(ask(turned(C), me="postgres-3"))
        self.assertIsNone(ask(turned(C), turned(B), me="postgres-3"))

    def test_last_standby_alone_needs_nobody(self):
        self.assertIsNone(ask(sync=Sync(A, {B}, 0)))

    def test_old_leader_takes_its_own_lock_back(self):
        self.assertIsNone(ask(Answer(C), me=A))

    def test_five_members_need_all_but_one(self):
        sync = Sync(A, {B, C, "postgres-3", "postgres-4"}, 3)
        self.assertIn("2 of the 3", ask(turned(C), turned("postgres-3"), sync=sync))
        self.assertIsNone(ask(turned(C), turned("postgres-3"), turned("postgres-4"), sync=sync))

    def test_two_of_any_need_fewer(self):
        sync = Sync(A, {B, C, "postgres-3", "postgres-4"}, 2)
        self.assertIsNone(ask(turned(C), turned("postgres-3"), sync=sync))

    def test_before_the_first_standby_there_is_nothing_to_fence(self):
        self.assertIsNone(ask(sync=Sync("", set(), 0)))

    def test_a_primary_with_no_confirmed_standby_is_waited_for(self):
        self.assertIsNotNone(ask(turned(C), sync=Sync(A, set(), 0)))
        self.assertIsNone(ask(me=A, sync=Sync(A, set(), 0)))


class OldPrimary(unittest.TestCase):
    def test_stopped_in_order_and_the_candidate_has_all_of_it(self):
        self.assertIsNone(ask(ended(A)))

    def test_stopped_in_order_with_more_than_the_candidate_has(self):
        for end in (ended(A, 100), ended(A, 150), ended(A, 99, timeline=2)):
            self.assertIn("0 of the 1 needed", ask(end))
        self.assertIsNone(ask(ended(A, 150), turned(C)))

    def test_the_end_of_an_older_timeline_says_nothing_of_a_newer_one(self):
        self.assertIn("0 of the 1 needed", ask(ended(A), timeline=2))

    def test_stopped_in_order_without_a_word_of_where(self):
        self.assertIn("0 of the 1 needed", ask(Answer(A)))

    def test_the_end_of_somebody_else_proves_nothing(self):
        self.assertIn("0 of the 1 needed", ask(ended(C)))

    def test_it_is_the_candidates_standby_by_now(self):
        self.assertIsNone(ask(turned(A)))
        for old in (loose(A), turned(A, final=False)):
            self.assertIn("0 of the 1 needed", ask(old))

    def test_what_it_alone_has_was_not_acknowledged(self):
        self.assertIn("0 of the 1 needed", ask(turned(A, 500)))
        self.assertIsNone(ask(turned(A, 500), turned(C)))


class AfterAPromotion(unittest.TestCase):
    """B was let through, and the sync state still names A."""

    def test_the_old_leader_is_a_standby_that_may_have_acknowledged(self):
        self.assertIn("0 of the 1 needed", ask(turned(A, 150), Answer(B), me=C, promotion=let_through()))
        self.assertIn("turned away from postgres-1", ask(ended(A), me=C, promotion=let_through()))
        self.assertIsNone(ask(turned(A), Answer(B), me=C, promotion=let_through()))

    def test_the_timeline_goes_before_the_location(self):
        """C has what B acknowledged; A has a long end of its own, which nobody has."""
        acknowledged = turned(C, 1500, timeline=2)
        self.assertEqual("postgres-2 is ahead", ask(acknowledged, me=A, location=2000, promotion=let_through()))
        self.assertIsNone(ask(turned(A, 2000), me=C, location=1500, timeline=2, promotion=let_through()))

    def test_it_may_not_have_been_promoted_and_the_one_before_has_gone_on(self):
        """A acknowledged with C alone since, so B has no right of its own."""
        for other in (Answer(C), turned(C, 150)):
            self.assertIsNotNone(ask(Answer(A), other, me=B, promotion=let_through()))
        self.assertIsNone(ask(Answer(A), turned(C), me=B, promotion=let_through()))

    def test_with_its_own_timeline_it_was_promoted_and_is_right(self):
        self.assertIsNone(ask(Answer(A), Answer(C), me=B, timeline=2, promotion=let_through()))

    def test_not_promoted_and_turned_it_holds_nobody_up(self):
        self.assertIsNone(ask(Answer(A), turned(B), me=C, promotion=let_through()))
        self.assertIsNone(ask(ended(A), turned(B), me=C, promotion=let_through()))

    def test_a_record_from_before_the_sync_state_says_nothing(self):
        for promotion in (let_through(A, C), let_through(A, A), let_through(B, "postgres-3")):
            self.assertEqual([STATE], suspects(Known(STATE, promotion, 3), 1))

    def test_its_quorum_is_what_patroni_lets_it_commit_with(self):
        for sync in (STATE, Sync(A, {B}, 0), Sync(A, {B, C, "postgres-3"}, 1), Sync(A, {C}, 0), Sync(A, set(), 0)):
            everybody = {sync.leader} | sync.standbys
            # As in Patroni's ha.py: one more for one from outside.
            commits_with = len(everybody) - sync.quorum - 1 + (B not in everybody)
            state = succeeded(sync, B)
            self.assertEqual(everybody - {B}, state.standbys)
            self.assertEqual(commits_with, len(state.standbys) - state.quorum, sync)

    def test_the_state_that_an_order_is_for(self):
        self.assertEqual(Sync(B, {A, C}, 1), effective(Known(STATE, let_through(), 3)))
        self.assertEqual(STATE, effective(Known(STATE, None, 3)))
        self.assertEqual(Sync("", set(), 0), effective(Known(None, let_through(), 3)))


class Blind(unittest.TestCase):
    """The sync state is gone: nobody knows who was primary."""

    def blind(self, *answers, members=3, **others):
        return ask(*answers, sync=None, members=members, **others)

    def test_all_but_one_turned(self):
        self.assertIsNone(self.blind(Answer(A), turned(C)))

    def test_two_left_over_may_have_acknowledged_to_each_other(self):
        for other in (Answer(C), ended(C), turned(C, final=False)):
            self.assertIn("0 of 2 others turned, where 1 are needed", self.blind(Answer(A), other))

    def test_turned_member_is_ahead(self):
        self.assertEqual("postgres-2 is ahead", self.blind(turned(C, 101)))

    def test_five_members_need_three(self):
        others = [turned(f"postgres-{ordinal}") for ordinal in range(3)]
        self.assertIsNotNone(self.blind(*others[:2], members=5))
        self.assertIsNone(self.blind(*others, members=5))

    def test_one_or_two_members_have_nobody_else_to_ask(self):
        self.assertIsNone(self.blind(members=1))
        self.assertIsNone(self.blind(Answer(A), members=2))

    def test_somebody_else_was_let_through_before_there_was_a_sync_state(self):
        first = let_through(A, after="")
        self.assertIsNotNone(ask(Answer(A), Answer(C), sync=Sync("", set(), 0), promotion=first))
        self.assertIsNone(ask(Answer(A), turned(C), sync=Sync("", set(), 0), promotion=first))
        self.assertIsNone(ask(me=A, sync=Sync("", set(), 0), promotion=first))
