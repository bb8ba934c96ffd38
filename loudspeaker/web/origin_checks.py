"""What every request is checked for: host names that are ours, forms from elsewhere; and every answer's headers.

Pure: values in, an answer out; `middleware.py` asks for it, of pages and of the hub alike.

Sources: the Fetch standard (Sec-Fetch-Site), RFC 6454 (Origin).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SAFE_METHODS = frozenset({"GET", "HEAD"})


def is_own_host(host: str, names: Collection[str]) -> bool:
    """Is `host` (a Host header, with or without a port) one of ours? Another name may lead here by a DNS rebinding."""
    name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
    return name.strip("[]").lower() in names and (not port or port.isdecimal())


def is_own_form(method: str, headers: Mapping[str, str], origin: str) -> bool:
    """May a request change anything? Only from a page of ours, at `origin` (scheme://host:port).

    Browsers of the last years send Sec-Fetch-Site; older ones send at least Origin with a form.
    """
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return headers.get("origin", origin) == origin and (site is not None or "origin" in headers)
