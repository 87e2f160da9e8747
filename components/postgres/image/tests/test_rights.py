"""Which rights come back, whatever somebody does to them."""

import unittest

from holdfast.declared import Database
from holdfast.rights import Right, changes, needed


class Needed(unittest.TestCase):
    def test_callers_connect_where_they_are_named_and_the_components_own_roles_everywhere(self):
        shop = Database("shop")
        books = Database("books", owner="keeper", writers=(), readers=("readonly",))
        connects: dict[str, set[str]] = {}
        for right in needed([shop, books]):
            if right.kind == "DATABASE":
                self.assertEqual("CONNECT", right.right)
                connects.setdefault(right.name, set()).add(right.role)
        self.assertEqual(
            {
                "postgres": {"monitoring", "replication"},
                "shop": {"monitoring", "owner", "app", "readonly"},
                "books": {"monitoring", "keeper", "readonly"},
            },
            connects,
        )

    def test_what_is_there_is_not_said_again(self):
        wanted = needed([Database("shop")])
        of_others = {Right("DATABASE", "shop", "TEMPORARY", ""), Right("DATABASE", "shop", "CREATE", "app")}
        open_to_all = {Right("DATABASE", "postgres", "CONNECT", "")}
        for has, count in (
            (wanted, 0),
            (wanted | of_others, 0),
            (wanted | open_to_all, 1),
            (wanted - {Right("DATABASE", "shop", "CONNECT", "app")}, 1),
            (set(), len(wanted)),
        ):
            self.assertEqual(count, len(changes(wanted, has)))


if __name__ == "__main__":
    unittest.main()
