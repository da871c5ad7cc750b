"""The JSON API under /api/v1: each view parses, calls one use case, renders."""
