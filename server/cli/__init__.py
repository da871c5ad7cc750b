"""The command line `linli`: each command a few lines over a use case."""
