# SPDX-License-Identifier: MIT
"""
A connection to a message bus; `dial` makes one.

Built on txdbus's protocol, authenticator, messages and marshalling; its `client` module is left out on purpose, since
it imports the global reactor, hangs on a bus that does not answer, and drops the flags and senders that we need. There
is no timer here, and no reactor.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure
from txdbus import message
from txdbus.authentication import ClientAuthenticator
from txdbus.protocol import BasicDBusProtocol

from typewright.bus import error_mapping
from typewright.bus.flow import Intake
from typewright.bus.framing import Frame, Oversized
from typewright.bus.message import CALL, ERROR, RETURN, SIGNAL, Incoming
from typewright.bus.pending_calls import DAEMON as DAEMON
from typewright.bus.pending_calls import Calls
from typewright.bus.pending_calls import ErrorReply as ErrorReply
from typewright.errors import BusLost, InvalidArgs, LimitsExceeded, NoBus

DAEMON_PATH = "/org/freedesktop/DBus"

Stop = Callable[[], None]
"""Call me to end what you started; a second time does nothing."""


class ExternalAuthenticator(ClientAuthenticator):
    """I let the kernel say who we are, or fail; and I negotiate no file descriptors, which nobody would ever close."""

    preference = [b"EXTERNAL"]

    def _usesUnixSocketTransport(self, protocol: object) -> bool:
        return False


class BusConnection(BasicDBusProtocol):
    """
    I am one connection to the bus. `dial.connect` makes me, ready for use.

    What may be secret goes into the arguments of `call` only: nothing of a body is ever logged or put into an error.
    """

    authenticator = ExternalAuthenticator

    def __init__(self) -> None:
        self.unique_name = ""
        self.ready: Deferred[BusConnection] = Deferred(lambda _: self.abort())
        self._intake = Intake(self._take, self.abort)
        self._calls = Calls()
        self._listeners: list[tuple[str, str, Callable[[Incoming], None]]] = []
        self._answerer: Callable[[Incoming], None] | None = None
        self._on_lost: list[Callable[[], None]] = []
        self._on_closed: list[Deferred[None]] = []
        self._over = False
        self._buffer = b""  # txdbus's: what has come of an authentication line.
        self.listen(DAEMON, "NameOwnerChanged", self._owner_changed)

    # --- Calls to others ---------------------------------------------------------------------------------------------

    def call(
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        arguments: Sequence[object] = (),
    ) -> Deferred[list[Any]]:
        """
        Call a method; fires with the list of what it returns, after however long it takes. May be cancelled.

        Errbacks with ErrorReply for an error of the peer; BusLost; LimitsExceeded for a reply over the limit; and
        InvalidArgs for arguments that do not fit the signature.
        """
        if self._over:
            return fail(BusLost())
        try:
            outgoing = message.MethodCallMessage(
                path,
                member,
                interface=interface or None,
                destination=destination,
                signature=signature or None,
                body=list(arguments),
            )
        except Exception:  # Of many kinds; and with the arguments in the text.
            return fail(InvalidArgs(f"The arguments of {member} can't be sent over the bus."))
        if self._calls.follow(destination):
            self._follow(destination)
        answered = self._calls.made(outgoing.serial, destination)
        self.sendMessage(outgoing)
        return answered

    def owner_of(self, name: str) -> str:
        """The unique name of who owns a well-known one that we have called; empty where that is nobody, or not told yet."""
        return self._calls.owner_of(name)

    def call_daemon(self, member: str, signature: str = "", *arguments: object) -> Deferred[list[Any]]:
        """Call a method of the bus itself."""
        return self.call(DAEMON, DAEMON_PATH, DAEMON, member, signature, arguments)

    # --- Calls from others -------------------------------------------------------------------------------------------

    def answer_with(self, answerer: Callable[[Incoming], None]) -> None:
        """Have `answerer` called with every method call; it owes me one `reply` or `refuse` for each."""
        self._answerer = answerer

    def reply(self, call: Incoming, signature: str, values: Sequence[object]) -> None:
        """Answer `call`, if it wants an answer. Raises what marshalling raises when the values do not fit."""
        if call.expects_reply:
            self._send(
                message.MethodReturnMessage(
                    call.serial, destination=call.sender or None, signature=signature or None, body=list(values)
                )
            )

    def refuse(self, call: Incoming, name: str, sentence: str) -> None:
        """Answer `call` with an error, if it wants an answer."""
        if call.expects_reply:
            self._refuse(call.serial, call.sender, name, sentence)

    # --- Signals -----------------------------------------------------------------------------------------------------

    def emit(self, path: str, interface: str, member: str, signature: str, values: Sequence[object]) -> None:
        """Send a signal to all who want it."""
        self._send(message.SignalMessage(path, member, interface, signature=signature or None, body=list(values)))

    def listen(self, interface: str, member: str, heard: Callable[[Incoming], None]) -> Stop:
        """
        Have `heard` called for such signals. What the bus does not send by itself is asked for with `add_match`.

        Signals of the bus are of the bus: forged ones never get here. Of any other signal look at the `sender`, for any
        peer may send any signal to us.
        """
        listener = (interface, member, heard)
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def add_match(self, rule: str) -> Deferred[list[Any]]:
        """Ask the bus for the signals of a match rule; fires when they will come."""
        return self.call_daemon("AddMatch", "s", rule)

    def remove_match(self, rule: str) -> Deferred[list[Any]]:
        """Take one `add_match` of this rule back."""
        return self.call_daemon("RemoveMatch", "s", rule)

    # --- The end -----------------------------------------------------------------------------------------------------

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Have `callback` called once when the connection is lost, at once if it is. Not called when we `close`."""
        if self._over:
            callback()
        else:
            self._on_lost.append(callback)

    def close(self) -> Deferred[None]:
        """Send what is still to be sent, and hang up. Fires when that is done; pending calls errback with BusLost."""
        self._on_lost.clear()
        if self._over:
            return succeed(None)
        closed: Deferred[None] = Deferred()
        self._on_closed.append(closed)
        self._intake.close()
        self.transport.loseConnection()
        return closed

    def abort(self) -> None:
        """Hang up at once."""
        if self.transport is not None and not self._over:
            self.transport.abortConnection()

    # --- Twisted and txdbus call these -------------------------------------------------------------------------------

    def connectionAuthenticated(self) -> None:
        """Say hello, as the first call must; ready when the bus has given us a name."""
        self._intake.open(self.transport)
        self.call_daemon("Hello").addCallbacks(self._greeted, self._not_ready)

    def dataReceived(self, data: bytes) -> None:
        """Take in what the bus sent. No message of it is a step deeper on the stack, and no byte is copied twice."""
        if self._authenticated:
            data, self._buffer = self._buffer + data, b""
            self._intake.feed(data)
            return
        try:
            super().dataReceived(data)
        except Exception:
            error_mapping.note("the authentication could not be taken in", Failure())
            self.abort()

    def fileDescriptorReceived(self, fd: int) -> None:
        """Close it: we never asked for any."""
        os.close(fd)

    def connectionLost(self, reason: Failure) -> None:
        """Tell everyone who waits for anything, each in spite of the others."""
        self._over = True
        self._not_ready(Failure(NoBus()))
        calls = self._calls.end()
        callbacks, self._on_lost = self._on_lost, []
        closed, self._on_closed = self._on_closed, []
        for call in calls:
            _shielded(call.errback, BusLost())
        for callback in callbacks:
            _shielded(callback)
        for waiting in closed:
            _shielded(waiting.callback, None)

    # --- Inside ------------------------------------------------------------------------------------------------------

    def _greeted(self, answer: list[Any]) -> None:
        self.unique_name = str(answer[0])
        if not self.ready.called:
            self.ready.callback(self)

    def _not_ready(self, failure: Failure) -> None:
        if not self.ready.called:
            self.ready.errback(failure)

    def _follow(self, name: str) -> None:
        # The bus takes our calls in order: who gets the next one by this name is told of before it can answer.
        rule = f"type='signal',sender='{DAEMON}',interface='{DAEMON}',member='NameOwnerChanged',arg0='{name}'"
        self.add_match(rule).addErrback(_ignored)
        self.call_daemon("GetNameOwner", "s", name).addCallbacks(lambda told: self._calls.owned(name, told[0]), _ignored)

    def _owner_changed(self, signal: Incoming) -> None:
        name, _, owner = signal.arguments()
        self._calls.owned(name, owner)

    def _send(self, outgoing: message.DBusMessage) -> None:
        if not self._over:
            self.sendMessage(outgoing)

    def _refuse(self, serial: int, sender: str, name: str, sentence: str) -> None:
        self._send(message.ErrorMessage(name, serial, destination=sender or None, signature="s", body=[sentence]))

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Oversized):
            self._turn_away(frame)
            return
        incoming = Incoming.parse(frame)
        if incoming.kind == CALL:
            self._called(incoming)
        elif incoming.kind in (RETURN, ERROR):
            self._calls.answered(incoming)
        elif incoming.kind == SIGNAL:
            self._signalled(incoming)

    def _turn_away(self, oversized: Oversized) -> None:
        if oversized.kind == CALL and not oversized.flags & 1:
            error = LimitsExceeded
            self._refuse(oversized.serial, oversized.sender, error.dbus_name, error.sentence)
        elif oversized.kind in (RETURN, ERROR):
            self._calls.turned_away(oversized)

    def _called(self, call: Incoming) -> None:
        if self._answerer is None:
            self.refuse(call, "org.freedesktop.DBus.Error.UnknownObject", "This program offers nothing on the bus.")
        else:
            _shielded(self._answerer, call)

    def _signalled(self, signal: Incoming) -> None:
        # Any peer may send us a signal in the name of the bus's interface; only the bus may send one as the bus.
        if signal.interface == DAEMON and signal.sender != DAEMON:
            return
        for interface, member, heard in list(self._listeners):
            if (interface, member) == (signal.interface, signal.member):
                _shielded(heard, signal)


def _shielded(act: Callable[..., object], *arguments: object) -> None:
    # What one of many does must not keep the others from their turn.
    try:
        act(*arguments)
    except Exception:
        error_mapping.note("a callback failed", Failure())


def _ignored(failure: Failure) -> None:
    """A name without an owner, which may get one; or a bus that can't be asked any more, and then all calls end with it."""
