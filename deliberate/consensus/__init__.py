"""Measures of agreement: pure functions of a state or of arrays; no Flask, no SQL, no clock.

Read `agreement` (what is counted and the status in codes), `rules` (what a decision rule answers), `matrix`
(effective positions as an array), `discourse` (ties from stances), `graph` and `layout` (the position graph and where
its nodes stand), `figures` and `live` (values with what they rest on), `report` (the one door of the back office).
Nothing heavy is imported here: the web process needs `agreement` and `rules` alone.
"""
