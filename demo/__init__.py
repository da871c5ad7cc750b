"""Synthetic residents and the demo month; nothing here knows a real person."""
