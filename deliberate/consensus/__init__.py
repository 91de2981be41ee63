"""Measures of agreement: pure functions of a state or of arrays; no Flask, no SQL, no clock.

What is shown live: `agreement` (what is counted, the status in codes, and the measures of one clause), `rules` (what a
decision rule answers), `matrix` (effective positions as an array), `discourse`, `graph` and `layout` (ties from stances,
the position graph and where its nodes stand), `figures` and `live` (values with what they rest on), `report` (the one
door of the back office). Beside it, for analysts: `rounds` (what moved between rounds), `clusters` (who holds alike, what
divides and what bridges), `bridging`, `paths` (what would bring agreement nearer), `why` (the positions behind a figure).
Nothing heavy is imported here: the web process needs `agreement` and `rules` alone.
"""
