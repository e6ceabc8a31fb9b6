# SPDX-License-Identifier: MIT
"""
A connection to a message bus; `typewright.bus.connect` makes one.

It is built on txdbus's protocol, authenticator, messages and marshalling. txdbus's `client` module is not used: it imports
the global reactor, hangs on a bus that does not answer, and drops flags and senders. There is no timer here, and no reactor.
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
from typewright.bus.flow import Flow
from typewright.bus.framing import Frame, Oversized
from typewright.bus.message import CALL, ERROR, RETURN, SIGNAL, Message
from typewright.bus.pending_calls import DAEMON as DAEMON
from typewright.bus.pending_calls import ErrorReply as ErrorReply
from typewright.bus.pending_calls import PendingCalls
from typewright.errors import BusLost, InvalidArgs, LimitsExceeded, NoBus

DAEMON_PATH = "/org/freedesktop/DBus"

Stop = Callable[[], None]
"""Call it to end what was begun; a second call does nothing."""


class ExternalAuthenticator(ClientAuthenticator):
    """Authenticates by the kernel's credentials only, and negotiates no file descriptors, which txdbus would never close."""

    preference = [b"EXTERNAL"]

    def _usesUnixSocketTransport(self, protocol: object) -> bool:
        return False


class BusConnection(BasicDBusProtocol):
    """
    A connection to a bus.

    Nothing of a message's body is ever logged or put into an error, so secrets may be in the arguments of `call`, and only
    there.
    """

    authenticator = ExternalAuthenticator

    def __init__(self) -> None:
        self.unique_name = ""
        self.ready: Deferred[BusConnection] = Deferred(lambda _: self.abort())
        self._flow = Flow(self._take, self.abort)
        self._calls = PendingCalls()
        self._listeners: list[tuple[str, str, Callable[[Message], None]]] = []
        self._answerer: Callable[[Message], None] | None = None
        self._on_lost: list[Callable[[], None]] = []
        self._on_closed: list[Deferred[None]] = []
        self._over = False
        self._buffer = b""  # txdbus's: the beginning of an authentication line.
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
        Call a method; fires with the list of its results. There is no time-out; may be cancelled.

        Errbacks with ErrorReply if the peer replies with an error; with BusLost; with LimitsExceeded for a reply over the
        limit; with InvalidArgs for arguments that do not fit the signature.
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
        except Exception:  # One of many classes, and its message may contain the arguments.
            return fail(
                InvalidArgs(f"The arguments of {member} cannot be sent over the bus: they do not fit its signature.")
            )
        if self._calls.follow(destination):
            self._follow(destination)
        answered = self._calls.made(outgoing.serial, destination)
        self.sendMessage(outgoing)
        return answered

    def owner_of(self, name: str) -> str:
        """Return the unique name that owns a name that was called; empty if it has no owner, or none is known yet."""
        return self._calls.owner_of(name)

    def call_daemon(self, member: str, signature: str = "", *arguments: object) -> Deferred[list[Any]]:
        """Call a method of the bus itself."""
        return self.call(DAEMON, DAEMON_PATH, DAEMON, member, signature, arguments)

    # --- Calls from others -------------------------------------------------------------------------------------------

    def answer_with(self, answerer: Callable[[Message], None]) -> None:
        """Have `answerer` called with every method call; for each it must call `reply` or `refuse` once."""
        self._answerer = answerer

    def reply(self, call: Message, signature: str, values: Sequence[object]) -> None:
        """Reply to `call`, if it wants a reply. Raises what marshalling raises if the values do not fit."""
        if call.expects_reply:
            self._send(
                message.MethodReturnMessage(
                    call.serial, destination=call.sender or None, signature=signature or None, body=list(values)
                )
            )

    def refuse(self, call: Message, name: str, sentence: str) -> None:
        """Reply to `call` with an error, if it wants a reply."""
        if call.expects_reply:
            self._refuse(call.serial, call.sender, name, sentence)

    # --- Signals -----------------------------------------------------------------------------------------------------

    def emit(self, path: str, interface: str, member: str, signature: str, values: Sequence[object]) -> None:
        """Broadcast a signal."""
        self._send(message.SignalMessage(path, member, interface, signature=signature or None, body=list(values)))

    def listen(self, interface: str, member: str, heard: Callable[[Message], None]) -> Stop:
        """
        Have `heard` called with each signal of this name. Use `add_match` for those that the bus does not send by itself.

        Signals of the bus itself are genuine: forged ones are dropped. For all others check the `sender`, since any peer can
        send any signal to this connection.
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
        """Undo one `add_match` of this rule."""
        return self.call_daemon("RemoveMatch", "s", rule)

    # --- The end -----------------------------------------------------------------------------------------------------

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Have `callback` called once when the connection is lost, at once if it is lost already; not after `close`."""
        if self._over:
            callback()
        else:
            self._on_lost.append(callback)

    def close(self) -> Deferred[None]:
        """Send what is unsent, and close. Fires when that is done; pending calls errback with BusLost."""
        self._on_lost.clear()
        if self._over:
            return succeed(None)
        closed: Deferred[None] = Deferred()
        self._on_closed.append(closed)
        self._flow.close()
        self.transport.loseConnection()
        return closed

    def abort(self) -> None:
        """Close at once, without sending the rest."""
        if self.transport is not None and not self._over:
            self.transport.abortConnection()

    # --- Twisted and txdbus call these -------------------------------------------------------------------------------

    def connectionAuthenticated(self) -> None:
        """Call Hello, which must be the first call. The connection is ready when the bus has given it a name."""
        self._flow.open(self.transport)
        self.call_daemon("Hello").addCallbacks(self._greeted, self._not_ready)

    def dataReceived(self, data: bytes) -> None:
        """Process what the bus sent, without recursion for each message and without copying a byte twice."""
        if self._authenticated:
            data, self._buffer = self._buffer + data, b""
            self._flow.feed(data)
            return
        try:
            super().dataReceived(data)
        except Exception:
            error_mapping.log_defect("the authentication could not be processed", Failure())
            self.abort()

    def fileDescriptorReceived(self, fd: int) -> None:
        """Close it: file descriptors are not negotiated."""
        os.close(fd)

    def connectionLost(self, reason: Failure) -> None:
        """Fire everything that waits; an exception of one does not keep the others from being fired."""
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
        # The bus processes calls in order: it announces the owner that gets the next call before that owner can reply.
        rule = f"type='signal',sender='{DAEMON}',interface='{DAEMON}',member='NameOwnerChanged',arg0='{name}'"
        self.add_match(rule).addErrback(_ignored)
        self.call_daemon("GetNameOwner", "s", name).addCallbacks(lambda told: self._calls.owned(name, told[0]), _ignored)

    def _owner_changed(self, signal: Message) -> None:
        name, _, owner = signal.arguments()
        self._calls.owned(name, owner)

    def _send(self, outgoing: message.DBusMessage) -> None:
        if not self._over:
            self.sendMessage(outgoing)

    def _refuse(self, serial: int, sender: str, name: str, sentence: str) -> None:
        self._send(message.ErrorMessage(name, serial, destination=sender or None, signature="s", body=[sentence]))

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Oversized):
            self._refuse_oversized(frame)
            return
        self._process(Message.parse(frame))

    def _process(self, incoming: Message) -> None:
        if incoming.kind == CALL:
            self._called(incoming)
        elif incoming.kind in (RETURN, ERROR):
            self._calls.answered(incoming)
        elif incoming.kind == SIGNAL:
            self._received_signal(incoming)

    def _refuse_oversized(self, oversized: Oversized) -> None:
        if oversized.kind == CALL and not oversized.flags & 1:
            error = LimitsExceeded
            self._refuse(oversized.serial, oversized.sender, error.dbus_name, error.sentence)
        elif oversized.kind in (RETURN, ERROR):
            self._calls.oversized(oversized)

    def _called(self, call: Message) -> None:
        if self._answerer is None:
            self.refuse(call, "org.freedesktop.DBus.Error.UnknownObject", "This program has no objects on the bus.")
        else:
            _shielded(self._answerer, call)

    def _received_signal(self, signal: Message) -> None:
        # Any peer can send a signal of the bus's interface; only the bus itself can be its sender.
        if signal.interface == DAEMON and signal.sender != DAEMON:
            return
        for interface, member, heard in list(self._listeners):
            if (interface, member) == (signal.interface, signal.member):
                _shielded(heard, signal)


def _shielded(act: Callable[..., object], *arguments: object) -> None:
    # An exception of one callback must not keep the others from being called.
    try:
        act(*arguments)
    except Exception:
        error_mapping.log_defect("a callback failed", Failure())


def _ignored(failure: Failure) -> None:
    """The name has no owner yet; or the bus is lost, and all calls end with it."""
