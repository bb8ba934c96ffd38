#!/usr/bin/python3
"""Uses the officers' console as boot_check.sh's machine has it: makes the first account by the one-time link, writes a
bulletin, has its sound made, and looks at the pages that read the log, ask the daemon and run commands.

    use-console LINK        as `loudspeaker web first` prints it
"""

import http.cookiejar
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

address, _, code = sys.argv[1].partition("bat-dau#")
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
opener.addheaders = [("Origin", address.rstrip("/"))]


def ask(path, **form):
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        with opener.open(address + path, data, timeout=900) as answer:
            return answer.url, answer.read()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return "", b""
        sys.exit(f"/{path} answered {error.code}")


secret = "Mười hai con trâu cày ruộng bậc thang"
ask("bat-dau", code=code, name="Chị Hoa", login="hoa", password=secret, again=secret)
form_token = re.search(rb'name="form_token" value="([^"]+)"', ask("ban-tin/moi")[1])[1].decode()
words = {"title": "Thử trang", "text": "Mời bà con ra nhà văn hóa họp thôn."}
bulletin = urllib.parse.urlsplit(ask("ban-tin/moi", form_token=form_token, **words)[0]).path.rpartition("/")[2]
ask(f"ban-tin/{bulletin}/lam-tieng", form_token=form_token)
end = time.monotonic() + 900
while not (sound := ask(f"ban-tin/{bulletin}/tieng")[1]) and time.monotonic() < end:
    time.sleep(2)
for page in ("", "nhat-ky", "nhat-ky/chuoi", f"bao-cao.xlsx?tu={time.strftime('%Y-%m-%d')}", "thiet-bi", "cai-dat"):
    if not ask(page)[1]:
        sys.exit(f"/{page} is not there")
print(f"wrote {bulletin}, {len(sound)} bytes of sound" if sound else "no sound was made")
