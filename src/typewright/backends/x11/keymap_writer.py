# SPDX-License-Identifier: MIT
"""Keycodes: what stands on them is changed here, for many in one request."""

from __future__ import annotations

from collections.abc import Mapping

from typewright.backends.x11 import xkb
from typewright.backends.x11.borrowed_keycodes import Owed
from typewright.backends.x11.ledger import Leases
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.requests import Extension, ITransport
from typewright.keymap.layout import LAST_MAIN_KEYCODE


class Keycodes:
    """I change the server's keyboard map. `map` is how it was read last; whoever reads it sets it."""

    def __init__(self, connection: ITransport, extension: Extension, leases: Leases, locks: Locks) -> None:
        self._connection = connection
        self._major = extension.major
        self._leases = leases
        self._locks = locks
        self.map = xkb.Map({}, None)

    def lend(self, changed: Mapping[int, tuple[str, ...]], owed: Mapping[int, Owed]) -> None:
        """Give keycodes the characters of `changed`; `owed` is noted on the server first."""
        self._assign({code: self.map.record(lent) for code, lent in changed.items()}, self._leases.keycodes(owed))

    def put_back(self, owed: Mapping[int, Owed]) -> None:
        """Give keycodes what stood there before they were lent; the lease is struck out last."""
        self._assign({code: xkb.plain_record(each.former) for code, each in owed.items()}, b"")
        self._connection.send(self._leases.keycodes({}))

    def _assign(self, records: Mapping[int, bytes], lease: bytes) -> None:
        """
        Give keycodes these records, behind `lease`, in one write.

        Those beyond the main keys take one request, which repeats what stands between them: hundreds of programs may have
        to hear of it, and some read the whole map anew each time.
        """
        runs = [[code] for code in records if code <= LAST_MAIN_KEYCODE]
        if beyond := [code for code in records if code > LAST_MAIN_KEYCODE]:
            runs.append(list(range(min(beyond), max(beyond) + 1)))
        standing = {**self.map.records, **records}
        requests = [lease] if lease else []
        requests += [xkb.set_keys(self._major, run[0], [standing[code] for code in run]) for run in runs]
        requests += self._locks.tell_again()
        self._connection.send(b"".join(requests), len(requests))
