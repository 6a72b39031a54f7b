"""Sends one push with PyPI's pywebpush, which believes that it talks to the real push service. Job: JSON on stdin."""

import json
import sys
from urllib.parse import urlsplit

import requests
from pywebpush import webpush
from requests.adapters import HTTPAdapter


class Lab(HTTPAdapter):
    """Whatever goes to a push service goes to the lab, path kept."""

    def __init__(self, origin):
        super().__init__()
        self.origin = origin

    def send(self, request, **options):
        request.url = self.origin + urlsplit(request.url).path
        return super().send(request, **options)


job = json.load(sys.stdin)
session = requests.Session()
session.trust_env = False
session.mount("https://", Lab(job["lab"]))
answer = webpush(
    job["subscription"],
    job["payload"],
    vapid_private_key=job["private_key"],
    vapid_claims={"sub": job["subject"]},
    ttl=60,
    requests_session=session,
)
print(answer.status_code)
