"""How far the clock of the demo's own server is moved: the name its two sides agree on."""

#: Seconds by which the clock is moved; negative is back.
MOVED_BY = "LINLI_DEMO_CLOCK_MOVED_BY_S"
