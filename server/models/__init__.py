"""Columns only: what each table holds. No queries, no JSON, no rules."""
