"""The conformance kit: watches a contractor's 1C speak with a portal, and tells him in Russian what his side does wrong."""
