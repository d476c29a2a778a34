"""1C's language for the tests of the package: its syntax tree, and a small machine that runs the modules without 1C."""
