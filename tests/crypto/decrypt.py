"""Decrypts aes128gcm bodies with PyPI http-ece: a list of cases on stdin, their plaintexts on stdout."""

import base64
import json
import sys

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec


def raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def plaintext(case):
    key = ec.derive_private_key(int.from_bytes(raw(case["private"]), "big"), ec.SECP256R1())
    return http_ece.decrypt(raw(case["body"]), private_key=key, auth_secret=raw(case["auth"]), version="aes128gcm").decode()


print(json.dumps([plaintext(case) for case in json.load(sys.stdin)]))
