"""The waitlist: who waits (`entries`), the search for somebody who takes a freed time (`search`), what they answer
(`answers`), and taking a freed time back (`taking_back`). Nothing is imported here: booking itself needs the last one.

Locks: the doctor first (as everywhere in the diary), then the freed time, its offers, their entries.
"""
