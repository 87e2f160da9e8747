"""What HAProxy says of a certificate, and whether it may be used."""

import unittest

from agent import shown

SAID = """Filename: */run/tls/0.pem
Status: Unused
Serial: 0BD1C2256B3215BC
notBefore: Nov 30 22:10:01 2026 GMT
notAfter: Dec  1 22:10:01 2026 GMT
Subject Alternative Name: DNS:a.example, DNS:*.b.example, IP Address:127.0.0.1
Algorithm: EC256
Subject: /CN=a
Issuer: /CN=a"""
BEGINS = 1796076601


class Reads(unittest.TestCase):
    def test_what_is_said(self):
        wanted = shown.Shown("0BD1C2256B3215BC", BEGINS, BEGINS + 86400, ["a.example", "*.b.example"])
        self.assertEqual(shown.read(SAID), wanted)

    def test_nothing_else(self):
        for text in ("", "unable to load certificate", SAID.replace("notAfter", "later"), SAID.replace("Dec  1", "x")):
            with self.subTest(text), self.assertRaises(ValueError):
                shown.read(text)


class Decides(unittest.TestCase):
    def test_whether_it_may_be_used(self):
        certificate = shown.read(SAID)
        for what, hosts, now, wanted in (
            ("it is for the host", ["a.example"], 1, None),
            ("it is for the host in another spelling", ["A.Example"], 1, None),
            ("it is for a name below", ["x.b.example"], 1, None),
            ("it is for the wildcard", ["*.b.example"], 1, None),
            ("nobody is asked for", [], 1, None),
            ("not for two below", ["x.y.b.example"], 1, "it is not for x.y.b.example, but for a.example, *.b.example"),
            ("not for what is above", ["b.example"], 1, "it is not for b.example"),
            ("not for one of two", ["a.example", "c.example"], 1, "it is not for c.example,"),
            ("at its last second", ["a.example"], 86399, None),
            ("at its end", ["a.example"], 86400, "it has expired on 2026-12-01 22:10 UTC"),
            ("before its time", ["a.example"], -1, "it is not valid before 2026-11-30 22:10 UTC"),
        ):
            with self.subTest(what):
                found = shown.why_not(certificate, hosts, BEGINS + now)
                self.assertTrue(
                    found == wanted or (wanted is not None and found is not None and wanted in found), found
                )

    def test_a_certificate_for_nobody(self):
        self.assertIn("but for nobody", shown.why_not(shown.Shown("1", 0, 10, []), ["a.example"], 5) or "")
