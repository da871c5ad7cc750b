"""Migrations: numbered, one subject each, never importing the models."""
