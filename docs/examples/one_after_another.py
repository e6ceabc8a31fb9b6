# SPDX-License-Identifier: MIT
"""A generator that waits for the result of one Deferred in order to ask for the next."""

from collections.abc import Generator
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks

SHELVES = {"Middlemarch": "third shelf"}
BOOKS = {"third shelf": "Miss Brooke had that kind of beauty ..."}


def answer_later(answer: str) -> Deferred[str]:
    """Return a Deferred at once that fires with `answer` in a tenth of a second."""
    promised: Deferred[str] = Deferred()
    reactor.callLater(0.1, promised.callback, answer)
    return promised


@inlineCallbacks
def first_words(title: str) -> Generator[Deferred[Any], Any, str]:
    """Ask where the book is, and when that is known, how it begins."""
    print(f"Where is {title}?")
    shelf = yield answer_later(SHELVES[title])
    print(f"On the {shelf}. How does it begin?")
    words = yield answer_later(BOOKS[shelf])
    return words


def main() -> None:
    """Ask for the first words of a book, and stop when they are known."""
    reading = first_words("Middlemarch")
    print("(first_words has returned; the program may do other things.)")
    reading.addCallback(print)
    reading.addBoth(lambda _: reactor.stop())
    reactor.run()


if __name__ == "__main__":
    main()
