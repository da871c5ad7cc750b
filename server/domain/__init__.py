"""Rules without web or database: who may do what, when, and in which words."""
