"""The one way in: receives commands, applies the procedure, records them, and circulates what was recorded.

A `Docket` is a deliberation that this process has open: its state, its board, and the queue of commands that wait.
One thread per docket (a greenlet under gevent) takes whatever waits, decides it on a fork of the state, appends the
whole batch in one durable transaction, and only then answers, swaps the state and tells the listeners. When another
process wrote first the batch is decided again on what it wrote. A command whose decision fails is answered alone.
"""

from deliberate.secretariat.docket import Docket, Listener, Receipt
from deliberate.secretariat.office import Secretariat

__all__ = ["Docket", "Listener", "Receipt", "Secretariat"]
