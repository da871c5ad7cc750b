"""Queries, scope and the one commit. Every query takes the caller's identity first."""
