# SPDX-License-Identifier: MIT
"""The writer of the server's keyboard map: lends keycodes to characters, and restores them, many in one request."""

from __future__ import annotations

from collections.abc import Mapping

from typewright.backends.x11 import xkb
from typewright.backends.x11.ledger import Borrowed, Ledger
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.requests import Extension, IConnection
from typewright.keymap.layout import LAST_MAIN_KEYCODE
from typewright.keymap.packing import Lent


class KeymapWriter:
    """
    Changes the server's keyboard map. `map` is the map as last read; the reader sets it.

    The server changes the map of all keyboards, or of none. The index of a key type means the same on all of them only for
    the first four types: on a second keyboard another one may have other levels, or none. So what lies between lent keycodes
    is repeated only where its types are among the first four, and once the server has refused a change (`two_levels`), no
    other types are used at all.
    """

    def __init__(self, connection: IConnection, extension: Extension, ledger: Ledger, locks: Locks) -> None:
        self._connection = connection
        self._major = extension.major
        self._ledger = ledger
        self._locks = locks
        self.map = xkb.Map({}, None)
        self.two_levels = False

    def lend(self, changed: Mapping[int, Lent], borrowed: Mapping[int, Borrowed]) -> None:
        """Assign the characters of `changed` to its keycodes; all that is `borrowed` then is noted on the server first."""
        self._assign({code: self.map.record(lent) for code, lent in changed.items()}, self._ledger.note_keycodes(borrowed))

    def note(self, borrowed: Mapping[int, Borrowed]) -> None:
        """Note on the server what is borrowed now."""
        self._connection.send(self._ledger.note_keycodes(borrowed))

    def restore(self, borrowed: Mapping[int, Borrowed]) -> None:
        """Assign to keycodes what was on them before they were lent; the note on the server is deleted last."""
        self._assign({code: xkb.plain_record(each.former) for code, each in borrowed.items()}, b"")
        self.note({})

    def _assign(self, records: Mapping[int, bytes], note: bytes) -> None:
        """
        Assign these records to their keycodes, after `note`, in one write.

        Those beyond the main keys take one request, which repeats what is on the keycodes between them: hundreds of programs
        are notified of each request, and some read the whole map anew each time.
        """
        runs = [[code] for code in records if code <= LAST_MAIN_KEYCODE]
        for code in sorted(code for code in records if code > LAST_MAIN_KEYCODE):
            between = range(runs[-1][-1] + 1, code) if runs and runs[-1][0] > LAST_MAIN_KEYCODE else None
            if between is not None and not self.two_levels and all(map(self.map.is_canonical, between)):
                runs[-1] += [*between, code]
            else:
                runs.append([code])
        all_records = {**self.map.records, **records}
        requests = [note] if note else []
        requests += [xkb.set_keys(self._major, run[0], [all_records[code] for code in run]) for run in runs]
        requests += self._locks.announce_state()
        self._connection.send(b"".join(requests), len(requests))
