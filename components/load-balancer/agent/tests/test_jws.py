"""How an account signs. The key is the one of RFC 7515, A.3."""

import base64
import json
import unittest

from agent import jws, openssl

KEY = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
-----END PRIVATE KEY-----
"""


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Signs(unittest.TestCase):
    def test_the_public_key(self):
        account = jws.Account(KEY)
        self.assertEqual(account.public["x"], "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")
        self.assertEqual(account.public["y"], "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
        self.assertEqual(len(decoded(account.thumbprint)), 32)

    def test_a_signature_is_one_of_the_key(self):
        message = json.loads(jws.Account(KEY).signed({"a": 1}, {"nonce": "n"}))
        signature = decoded(message["signature"])
        self.assertEqual(len(signature), 64)
        self.assertEqual(json.loads(decoded(message["protected"])), {"alg": "ES256", "nonce": "n"})
        self.assertEqual(json.loads(decoded(message["payload"])), {"a": 1})

    def test_numbers_of_any_length(self):
        for r, s in ((1, 2), (0x80, 0xFF << 248), ((1 << 256) - 1, 1 << 248)):
            numbers = b""
            for number in (r, s):
                content = number.to_bytes(number.bit_length() // 8 + 1, "big")
                numbers += bytes([2, len(content)]) + content
            der = bytes([0x30, len(numbers)]) + numbers
            self.assertEqual(jws.raw_signature(der), r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def test_only_asking_has_no_payload(self):
        self.assertEqual(json.loads(jws.Account(openssl.new_key()).signed(None, {}))["payload"], "")
