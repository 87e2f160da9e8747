"""What is declared, as the component writes it down."""

import json
import unittest

from holdfast.declared import Database, callers, parse


class Declared(unittest.TestCase):
    def test_without_a_file_there_is_the_applications_own(self):
        self.assertEqual((Database("shop"),), parse({}, "shop"))
        self.assertEqual(("owner", "app", "readonly"), callers(parse({}, "shop")))

    def test_a_file_says_all(self):
        reports = {
            "name": "reports",
            "owner": "reporting",
            "writers": [],
            "readers": ["analyst"],
            "extensions": ["hstore"],
        }
        text = json.dumps([{"name": "shop"}, {**reports, "connections": 5}])
        there = parse({"databases.json": text}, "ignored")
        self.assertEqual(Database("reports", "reporting", (), ("analyst",), ("hstore",), 5), there[1])
        self.assertEqual(("owner", "app", "readonly", "reporting", "analyst"), callers(there))


if __name__ == "__main__":
    unittest.main()
