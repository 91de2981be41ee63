"""What a browser holds: a flat map of keys to values, each key in exactly one layer, codes and no prose.

    key                      layer    value
    deliberation             public   nature, text_kind, title, languages, original, authentic
    round                    public   number, kind, deadline, open; null before the first
    seats                    public   seat ids in the order of seating: packed cells use it
    seat/KEN                 public   name, kind, standing, groups, withdrawn
    text/op4                 public   revision, change, wording, at, challenge_until
    question                 public   number, clause, revision, until, checked_in, floor; null when none is put
    decision/op4             public   what was declared, or the recorded votes; null before
    redacted/<digest>        public   the digest of the reason
    translation/<digest>     public   language to digest
    clause/op4               shared   the figures of CLAUSE_FIELDS, in that order
    cell/op4/KEN             shared   two letters: stance and source (see `cell`)
    cannot/op4               shared   who cannot accept, with what would lift it
    beside/op4               shared   reservations and dissociations
    mandates                 shared   [seat, bloc, speaker] of every mandate
    mine/KEN/op4             seat:KEN the seat's own position, alignment, bloc and confidence
    chair/clause/op4         table    who is not heard, awaiting, to reaffirm; confidences
    chair/arrivals           table    per seat: people who act for it; open invitations

*shared* is the layer public or members, as the rules of procedure say. A *room* is a layer seen through a scope:
the cells of no clause (""), of one ("op4") or of all ("*"). A figure uses only what its layer may see.

A push is `{epoch, room, after, version, keys}`: `after` is the last push to that room. A browser applies it only if
`after <= have < version`; if `after > have` it asks for what came since `have`; else it ignores it. A key's version
is that of the last event that touches it, so that every process and every restart agrees.
"""

from deliberate.board.keys import (
    MEMBERS,
    PUBLIC,
    TABLE,
    by_scope,
    in_scope,
    layer_of,
    rooms,
    seat_layer,
    shared_layer,
    touched,
)
from deliberate.board.values import CLAUSE_FIELDS, cell, clause_figures, mine, pack, value
from deliberate.board.versions import CHANGES_KEPT, PACKED_FROM, Board

__all__ = [
    "CHANGES_KEPT",
    "CLAUSE_FIELDS",
    "MEMBERS",
    "PACKED_FROM",
    "PUBLIC",
    "TABLE",
    "Board",
    "by_scope",
    "cell",
    "clause_figures",
    "in_scope",
    "layer_of",
    "mine",
    "pack",
    "rooms",
    "seat_layer",
    "shared_layer",
    "touched",
    "value",
]
