"""Names become numeric addresses, in time: the system's resolver knows no deadline."""

from __future__ import annotations

import ipaddress
import queue
import socket
from collections.abc import Callable
from functools import cache, lru_cache

from labtape.exceptions import FetchError
from labtape.fetch.deadline import Deadline
from labtape.fetch.workers import Workers

Resolve = Callable[[str, int], list[str]]

_GLANCE = 0.5  # seconds between two looks whether the request still stands
_MOST_ADDRESSES = 8  # of one name that are tried


def resolve(host: str, port: int) -> list[str]:
    """Give the numeric addresses of a host, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def resolved(host: str, port: int, *, deadline: Deadline, resolve: Resolve = resolve) -> list[str]:
    """Give the numeric addresses of a host before the deadline. Raises `FetchError`.

    >>> resolved("192.0.2.7", 80, deadline=Deadline(1))
    ['192.0.2.7']
    """
    if _is_numeric(host):
        return [host]
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except Exception as e:  # whatever it is, somebody waits for it
            answers.put(e)

    _resolvers().give(ask)
    answer = _first(answers, deadline)
    if isinstance(answer, Exception):
        raise FetchError(f"the name {host} does not resolve ({answer})", kind="dns") from answer
    return answer[:_MOST_ADDRESSES]


def _first(answers: queue.SimpleQueue[list[str] | Exception], deadline: Deadline) -> list[str] | Exception:
    while True:
        try:
            return answers.get(timeout=min(deadline.left(), _GLANCE))
        except queue.Empty:
            continue


@cache
def _resolvers() -> Workers:
    """One crew for all: a thread for each name being asked, so that names that hang hold up no other."""
    return Workers("labtape-resolve", most=512)


@lru_cache(maxsize=4096)
def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
