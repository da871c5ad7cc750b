"""The tablet app comes here; the room is empty until it is built."""
