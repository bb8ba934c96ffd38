"""The console as systemd begins it: by the first request, with the socket in its hands."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from loudspeaker.clock import SystemClock
from loudspeaker.web.access.accounts import AccountStore
from loudspeaker.web.console import console_paths

pytestmark = pytest.mark.waits

PASSWORD = "mười hai con trâu cày"
BEGIN = 'exec 3<&"$0"; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'  # as sd_listen_fds(3) says


def test_the_link_of_web_first_opens_the_service_that_it_begins(home: Path) -> None:
    with closing(AccountStore.open(console_paths(home, home / ".state").database, SystemClock())) as accounts:
        code = accounts.make_link()
    console = [sys.executable, "-m", "loudspeaker", "--home", str(home), "web"]
    with socket.create_server(("127.0.0.1", 0)) as door:
        port, fd = door.getsockname()[1], door.fileno()
        command = ["bash", "-c", BEGIN, str(fd), *console]
        with subprocess.Popen(command, pass_fds=[fd], stderr=subprocess.PIPE, text=True) as service:
            assert service.stderr
            told = service.stderr.readline()
            with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as browser:
                form = {"code": code, "name": "Chị Hoa", "login": "hoa", "password": PASSWORD, "again": PASSWORD}
                kind = "application/x-www-form-urlencoded"
                headers = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": kind}
                browser.request("POST", "/bat-dau", urlencode(form), headers)
                answer = browser.getresponse()
            service.terminate()

    assert answer.status == 303
    assert str(port) in told
    assert "#" not in told  # a journal is no place for a code
