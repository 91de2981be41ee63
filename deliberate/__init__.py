"""Countries and organisations settle a common text, clause by clause, by consensus.

A command comes in, the rules of procedure decide what happens, the events go into one append-only log, and everything
that anybody sees is the fold of that log. Read in this order: `vocabulary` (the words), `events` and `commands` (what
has happened, what is asked for), `state` (what is true now), `procedure` (who may do what, and when), `secretariat`
(the one way in), `board` (what a browser holds), `consensus` (what is counted), `web` (the pages).
"""

__version__ = "0.1.0"
