"""Short histories in which an earlier version lost a write, began a second history or found no way out. The model
drew most of them."""

import unittest

from . import recovery
from .histories import play, read
from .world import ALONE, BACKUP_COUNTS, DISMISS, PLACEHOLDERS


class Found(unittest.TestCase):
    """Faults of Holdfast's own rules, mended since."""

    def check(self, history: str, size: int = 3) -> None:
        w = play(read(history), size)
        self.assertEqual([], w.faults)
        self.assertIsNotNone(recovery.way_out(w))
        self.assertEqual([], w.faults)

    def test_the_sync_state_still_names_the_primary_before(self):
        """b was promoted after a and acknowledges with c; a, or whoever asks a, took a for the last primary."""
        self.check(
            "stall a; watch b; patroni b; calm 1; write b; stream c 1; wait; cut b a; crash c; start c; elect a; "
            "promote a"
        )

    def test_an_old_primary_that_is_none_any_more_proves_nothing(self):
        """a stopped in order, c has its last write, and b, which lacks it, heard only from a."""
        self.check("write a; stream c 2; hear a; hand over a b; elect b; promote b")

    def test_a_receiver_that_is_told_to_stop_still_acknowledges(self):
        self.check("stall a; wait; patroni b; ask b c; reply b c; take in b c; write a; stream c 1; hear a; promote b")

    def test_a_restarted_standby_has_more_than_it_says(self):
        """c has the write on its disk, and after its restart said only what it had applied."""
        self.check("write a; stream c 4; hear a; crash a; crash c; wait; start c; elect b; promote b")

    def test_both_standbys_cut_from_their_primary_keep_their_data(self):
        self.check("write a; stream b 1; stream c 1; cut a b; cut a c; linger b; linger c; gone a")

    def test_nothing_is_rewound_where_it_lies_with_one_other_copy(self):
        """a, to be rewound, and b had the only copies. Cut off in the middle, a had none, and b was the last one."""
        self.check(
            "write a; off a; wait; patroni b; ask b c; receiver ends c; reply b c; take in b c; promote b; gone c; "
            "on a; start a; cut a b; patroni a; mend a b; rewind is cut a b; gone b"
        )

    def test_no_two_promotions_open_the_same_timeline(self):
        """c was promoted and died before anybody saw it; a opened the same timeline, and c streamed on with other
        records."""
        self.check("hand over a c; elect c; promote c; wait; crash c; calm 1")

    def test_nor_where_the_record_is_gone(self):
        """The stack was taken down after a promotion that b did not see."""
        self.check(
            "crash a; start a; elect a; promote a; forget; patroni b; start a; patroni a; stop a; watch b; patroni b; "
            "start b; act b; ask again b; promote b",
            size=2,
        )

    def test_an_old_primary_is_slow_to_change_the_sync_state(self):
        """a renewed its lock and stalled; after b was let through it made c a voter and acknowledged with it."""
        self.check(
            "off c; write a; stream b 2; hear a; tick 2; patroni a; on c; start c; patroni c; stream c 3; read a; "
            "act a; stall a; wait; patroni b; ask again b; promote b; wake a; tend a; tend a; stream c 1; hear a; "
            "write a; stream c 2; hear a"
        )

    def test_the_sync_state_changes_between_patronis_look_and_the_fences(self):
        """b waits for a or c, by what its Patroni read; a dismissed c, so a, asked alone, could follow b without
        what c has."""
        self.check(
            "write a; stream b 2; stream c 2; hear a; hear a; tick 2; read a; act a; stall a; wait; patroni b; off c; "
            "wake a; tend a; tend a; stall a; ask again b; promote b; on c; start c; patroni c; stream c 4; write b; "
            "stream c 4; hear b; hear b; off b; crash a; wake a; start a; wait; off c; patroni a; ask again a; "
            "promote a"
        )

    def test_a_round_of_patronis_that_began_before_the_lock_moved(self):
        """c's Patroni read that a leads, was held up, and meant to turn c back to a after c was counted as turned to
        b."""
        self.check(
            "write a; stream b 2; stream c 2; hear a; hear a; read c; stall a; wait; patroni b; ask b c; "
            "receiver ends c; reply b c; take in b c; act c; receiver ends c; write a; stream c 2; hear a; promote b"
        )

    def test_a_standby_that_was_never_in_the_quorum_goes_for_good(self):
        """b was to wait for c, which was lost before it had caught up; a, copied anew, has to take its place."""
        self.check("lose a; forget; calm 1; gone c")

    def test_a_rollout_prefers_who_was_renewed_and_never_one_that_lacks_a_write(self):
        """c is preferred by a, which ends; in the second history c is cut off, and only b has the write."""
        renewed = "leave a 4; elect c; promote c"
        self.assertEqual("primary", play(read(renewed)).members["c"].role)
        self.check("write a; stream b 1; hear a; cut a c; " + renewed)

    def test_two_of_three_lost_for_good(self):
        w = play(read("write a; stream b 1; hear a; gone a; gone c"))
        self.assertEqual("by a person", recovery.way_out(w))


class Patroni(unittest.TestCase):
    """What Patroni 4.0.6 does by itself, and does not where Holdfast stands in between."""

    def check(self, faults: set[str], found: str, history: str) -> None:
        self.assertIn(found, " ".join(play(read(history), patroni=frozenset(faults)).faults))
        self.assertEqual([], play(read(history)).faults)

    def test_a_primary_that_restarts_alone_waits_for_nobody(self):
        """Its sync state names no standby, so it is promoted with an empty setting, even in strict mode."""
        self.check(
            {ALONE, DISMISS},
            "with one copy",
            "crash b; crash c; tick 2; patroni a; crash a; start a; patroni a; ask again a; promote a; write a",
        )

    def test_a_standby_is_dismissed_before_the_others_have_what_it_acknowledged(self):
        """b acknowledged and went; c, which is behind, was the only one in the quorum from then on, and was
        promoted."""
        self.check(
            {DISMISS},
            "c is promoted and lacks [0]",
            "write a; stream b 1; hear a; off b; patroni a; off a; wait; patroni c; ask again c; promote c",
        )

    def test_a_base_backup_acknowledges(self):
        """Under `*` whoever streams counts, also a copy that will never be whole."""
        self.check(
            {BACKUP_COUNTS, DISMISS},
            "with one copy",
            "lose b; off c; tick 2; patroni a; on b; patroni b; copy b; write a; copying b; hear a",
        )


class Placeholders(unittest.TestCase):
    def test_a_candidate_that_dies_before_its_promotion_starts_again(self):
        """The timeline before its own was put down as taken. PostgreSQL starts from no data with such a history
        beside it."""
        history = read("lose c; crash a; start a; elect a; crash a; start a; elect a; crash a; gone b")
        self.assertIsNone(recovery.way_out(play(history, patroni=frozenset({PLACEHOLDERS}))))
        self.assertIsNotNone(recovery.way_out(play(history)))
