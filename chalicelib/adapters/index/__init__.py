"""The search snapshot: an immutable tantivy index of the visible items, written by a worker and read by every page."""
