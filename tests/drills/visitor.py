"""A person who visits the portal over HTTPS: ``python3 visitor.py CERTIFICATE ACT …``, on the machine of a drill."""

import base64
import hashlib
import hmac
import re
import struct
import sys
import time

import requests

PORTAL = "https://licensing.example.com"


def app_code(secret, at):
    """What an authenticator app shows at a time (RFC 6238)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


class Visitor:
    def __init__(self, certificate):
        self.session = requests.Session()
        self.session.verify = certificate
        self.session.headers["Referer"] = PORTAL

    def send(self, url, **fields):
        """Open a page, fill in its form, and return the page that it leads to."""
        return self.fill_in(self.session.get(url), **fields)

    def fill_in(self, page, **fields):
        page.raise_for_status()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        answer = self.session.post(page.url, {"csrfmiddlewaretoken": token, **fields})
        answer.raise_for_status()
        return answer

    def first_login(self, link, name, password):
        """Set the password, log in, set up the second factor; prints its secret."""
        self.send(link, password1=password, password2=password)
        page = self.send(f"{PORTAL}/accounts/login/", username=name, password=password)
        assert "second-factor" in page.url, page.url
        setup = self.session.get(f"{PORTAL}/accounts/second-factor/app/")
        assert setup.url.endswith("/app/"), setup.url
        secret = re.search(r"data-secret>([A-Z2-7]+)<", setup.text)[1]
        self.fill_in(setup, code=app_code(secret, time.time()))
        self._opens_the_administration()
        print("secret:", secret)  # noqa: T201

    def login(self, name, password, secret):
        page = self.send(f"{PORTAL}/accounts/login/", username=name, password=password)
        self.fill_in(page, code=app_code(secret, time.time() + 30))  # one step on: the present one may be used up
        self._opens_the_administration()

    def locked_out(self, name, password):
        """Without a second factor this password leads to the page that sets one up."""
        page = self.send(f"{PORTAL}/accounts/login/", username=name, password=password)
        assert page.url.endswith("/second-factor/"), page.url

    def _opens_the_administration(self):
        page = self.session.get(f"{PORTAL}/admin/auth/user/")
        assert (page.status_code, page.url) == (200, f"{PORTAL}/admin/auth/user/"), page.url
        style = re.search(r'href="(/static/[^"]+\.css)"', page.text)[1]
        assert self.session.get(PORTAL + style).status_code == 200


if __name__ == "__main__":
    getattr(Visitor(sys.argv[1]), sys.argv[2])(*sys.argv[3:])
