"""Measures of agreement: pure functions of a state or of arrays; no Flask, no SQL, no clock.

Read `agreement` (what is counted and the status in codes), `rules` (what a decision rule answers), `matrix`
(effective positions as an array), `graph` (the position graph), `report` (the one door that the back office uses).
Nothing heavy is imported here: the web process needs `agreement` and `rules` alone.
"""
