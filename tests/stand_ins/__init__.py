"""Stand-ins that keep the contract of what they stand for; `test_contract` runs the same operations on both."""
